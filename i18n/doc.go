// Package i18n holds the words of the pages: a strict catalogue of messages per
// language, and the choice of a language from an Accept-Language header field.
//
// # Files
//
// Each language is one file locales/TAG.json in the format of go-i18n v2: a flat
// object from message id to a string, or to an object with "other" (the text) and
// "description" (a note to the translator). No message counts anything, so plural forms
// ("one", "few" …) are refused. A placeholder is written exactly {{.Name}}. Text is plain:
// no HTML. English is the reference: a file must not hold an id or a placeholder that
// English does not have, nor an id twice, and what it lacks is taken from the language's
// parent (pt-BR: pt), then from English. Only its own name, "language.name", every language
// must have.
//
// The program holds what "go generate" makes of our files, in the folder packed: of each
// language the texts alone, compressed, which are read when a visitor first wants them.
//
// # For translators
//
// Write what a careful native writer would put, from the meaning, not word by word.
// Address the visitor formally and without gender. Use the words that browsers use in
// their own menus. Keep it short: many readers are worried. "Our front door" is our
// name for the machine that took the request; the word gateway is not shown.
package i18n
