import { useEffect } from "@odoo/owl";
import { useBus, useService } from "@web/core/utils/hooks";

/**
 * Hear of changes of a record that the server made, while a component shows it.
 *
 * @param {string} model the record's model; `ir.websocket` decides who may listen
 * @param {string} type of the notification, whose payload is the record's `id`
 * @param {() => number|false|undefined} getId of the record that is shown now
 * @param {(id: number) => void} onChanged
 */
export function useRecordChanges(model, type, getId, onChanged) {
    const bus = useService("bus_service");
    const onNews = (payload) => onChanged(payload.id);
    useEffect(
        (id) => {
            if (!id) {
                return;
            }
            const channel = `${model}_${id}`;
            bus.addChannel(channel);
            bus.subscribe(type, onNews);
            return () => {
                bus.unsubscribe(type, onNews);
                bus.deleteChannel(channel);
            };
        },
        () => [getId()]
    );
    // What was missed while the connection was down is read when it comes back.
    useBus(bus, "BUS:RECONNECT", () => getId() && onChanged(getId()));
}
