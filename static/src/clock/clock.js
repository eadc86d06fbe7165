import { onMounted, onWillUnmount, reactive, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;
const MINUTE = 60 * 1000;

/** One clock for all countdowns on the screen: it ticks while somebody looks, and asks no server. */
export const clock = reactive({ now: DateTime.now() });
let watchers = 0;
let timer = null;

export function tick() {
    clock.now = DateTime.now();
}

/** Return the present minute; the component is drawn again when it changes. */
export function useClock() {
    const state = useState(clock);
    onMounted(() => {
        watchers++;
        timer = timer || setInterval(tick, MINUTE);
    });
    onWillUnmount(() => {
        watchers--;
        if (!watchers) {
            clearInterval(timer);
            timer = null;
        }
    });
    return state;
}

/** Say how long a time is in its largest sensible unit, rounded down. */
export function sayDuration(milliseconds) {
    const minutes = Math.floor(milliseconds / MINUTE);
    const hours = Math.floor(minutes / 60);
    if (hours >= 48) {
        return _t("%s d", Math.floor(hours / 24));
    }
    return hours ? _t("%s h", hours) : _t("%s min", minutes);
}

/** Return what a countdown shows: how long is left, and how urgent that is. */
export function describeDeadline(deadline, amberAt, now) {
    const left = deadline.toMillis() - now.toMillis();
    if (left < 0) {
        return { text: _t("overdue %s", sayDuration(-left)), level: "danger" };
    }
    const isSoon = amberAt && now.toMillis() > amberAt.toMillis();
    return { text: _t("%s left", sayDuration(left)), level: isSoon ? "warning" : "calm" };
}
