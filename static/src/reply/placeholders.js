/** As in marketplaces/reply/placeholders.py: one or two pairs of braces, blanks allowed. */
const PLACEHOLDER = /\{\{? {0,3}([A-Za-z][A-Za-z0-9_]{1,40}) {0,3}\}?\}/g;

/**
 * Fill what an order says into a text; what has no value stays as it is, and is found before the text is sent.
 *
 * @param {string} text
 * @param {Object<string, string>} values by the names of the placeholders
 */
export function fillPlaceholders(text, values) {
    return text.replace(PLACEHOLDER, (whole, name) => values?.[name.toLowerCase()] || whole);
}
