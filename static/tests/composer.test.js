import { fillPlaceholders } from "@helpdesk_mgmt_marketplace/reply/placeholders";
import {
    click,
    contains,
    defineMailModels,
    insertText,
    openFormView,
    start,
    startServer,
} from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { defineModels, fields, models, onRpc } from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";
    _inherit = ["mail.thread"];

    name = fields.Char();
    marketplace_site_id = fields.Many2one({ relation: "res.partner" });
    marketplace_reply_data = fields.Json();
    message_ids = fields.One2many({ relation: "mail.message", inverse: "res_id" });

    _views = {
        form: `
            <form>
                <field name="name"/>
                <field name="marketplace_site_id" invisible="1"/>
                <field name="marketplace_reply_data" invisible="1"/>
                <chatter/>
            </form>`,
    };

    marketplace_get_reply_states() {
        return {};
    }
}

defineMailModels();
defineModels([HelpdeskTicket]);

const REPLY = {
    label: "Amazon reply",
    to: "Jo · 302-1 · amazon.de",
    sender: "de@shop.example",
    why_not: "",
    placeholders: { order_number: "302-1" },
};

/** Open a ticket; `answers` are what the server says to each attempt to send, whose arguments are kept. */
async function openTicket(values = {}, answers = []) {
    const pyEnv = await startServer();
    const siteId = pyEnv["res.partner"].create({ name: "amazon.de" });
    const ticketId = pyEnv["helpdesk.ticket"].create({
        name: "Where is it?",
        marketplace_site_id: siteId,
        marketplace_reply_data: REPLY,
        ...values,
    });
    onRpc("helpdesk.ticket", "action_marketplace_reply", ({ args }) => {
        const [ids, body, , confirmed, then] = args;
        expect.step(`${ids[0] === ticketId} ${body} [${confirmed}] ${then}`);
        return answers.shift() || { findings: [], reply_id: 1, next_id: false };
    });
    await start();
    await openFormView("helpdesk.ticket", ticketId);
    return { pyEnv, ticketId };
}

async function write(text) {
    await click("button.o-mail-Chatter-sendMessage", { text: "Amazon reply" });
    await insertText(".o-mail-Composer-input", text);
}

test("placeholders are filled, and stay where there is no value", () => {
    const values = { order_number: "302-1" };
    expect(fillPlaceholders("To {order_number}, {{ Order_Number }}.", values)).toBe("To 302-1, 302-1.");
    expect(fillPlaceholders("{tracking} {not closed", values)).toBe("{tracking} {not closed");
    expect(fillPlaceholders("{order_number}", undefined)).toBe("{order_number}");
});

test("an answer says to whom and from where it goes, and is queued once", async () => {
    await openTicket();
    await write("It is on its way.");
    await contains(`.o_marketplace_reply_top:contains(${REPLY.to})`);
    await contains(`.o_marketplace_reply_top:contains(${REPLY.sender})`);
    await click(".o-mail-Composer-send:enabled");
    await contains(".o-mail-Composer", { count: 0 });
    expect.verifySteps(["true It is on its way. [] false"]);
});

test("a warning is shown, the text stays, and sending the same again confirms it", async () => {
    const warned = { findings: [{ code: "link", level: "warn", text: "No links." }], reply_id: false };
    await openTicket({}, [warned, warned]);
    await write("Look there.");
    await click(".o-mail-Composer-send:enabled");
    await contains(".o_marketplace_findings:contains(No links.)");
    await contains(".o-mail-Composer-input", { value: "Look there." });
    await insertText(".o-mail-Composer-input", "Look here.", { replace: true });
    await click(".o-mail-Composer-send:enabled");
    await contains(".o-mail-Composer-send:enabled");
    await click(".o-mail-Composer-send:enabled");
    await contains(".o-mail-Composer", { count: 0 });
    await contains(".o_marketplace_findings", { count: 0 });
    expect.verifySteps(["true Look there. [] false", "true Look here. [] false", "true Look here. [No links.] false"]);
});

test("what is blocked can't be confirmed", async () => {
    const blocked = { findings: [{ code: "file", level: "block", text: "Too big." }], reply_id: false };
    await openTicket({}, [blocked, blocked]);
    await write("Here it is.");
    await click(".o-mail-Composer-send:enabled");
    await contains(".o_marketplace_findings:contains(Correct this before you send.)");
    await click(".o-mail-Composer-send:enabled");
    await contains(".o-mail-Composer-send:enabled");
    expect.verifySteps(["true Here it is. [] false", "true Here it is. [Too big.] false"]);
});

test("where no answer is possible the button is off and says why", async () => {
    await openTicket({ marketplace_reply_data: { ...REPLY, why_not: "The order is cancelled." } });
    await contains("button.o-mail-Chatter-sendMessage:disabled", { text: "Amazon reply" });
    await contains(".o_marketplace_why_not:contains(The order is cancelled.)");
});

test("a note looks different and is posted as ever", async () => {
    await openTicket();
    await click("button.o-mail-Chatter-logNote");
    await contains(".o_marketplace_note_top:contains(never sent)");
    await contains(".o_marketplace_send_next", { count: 0 });
    await insertText(".o-mail-Composer-input", "Only for us");
    await click(".o-mail-Composer-send:enabled");
    await contains(".o-mail-Message", { text: "Only for us" });
    expect.verifySteps([]);
});

test("a ticket that is not from a marketplace is as ever", async () => {
    await openTicket({ marketplace_site_id: false, marketplace_reply_data: false });
    await contains("button.o-mail-Chatter-sendMessage", { text: "Send message" });
});

test("send and next goes on with the next ticket, its answer open", async () => {
    const { pyEnv } = await openTicket({}, []);
    const nextId = pyEnv["helpdesk.ticket"].create({
        name: "And mine?",
        marketplace_site_id: pyEnv["res.partner"].create({ name: "amazon.fr" }),
        marketplace_reply_data: { ...REPLY, to: "Bo · 404-2 · amazon.fr" },
    });
    onRpc("helpdesk.ticket", "action_marketplace_reply", () => ({ findings: [], reply_id: 1, next_id: nextId }));
    await write("It is on its way.");
    await click(".o_marketplace_send_next:enabled");
    await contains(".o_marketplace_reply_top:contains(Bo · 404-2 · amazon.fr)");
    await contains(".o-mail-Composer-input", { value: "" });
});
