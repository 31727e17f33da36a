package pages

import (
	"context"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// text returns a message as plain text.
func (p page) text(id string) string { return p.textWith(id, p.values...) }

// texts are messages as one paragraph of plain text.
func (p page) texts(ids []string) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(p.sentenceSpace(ids[i-1]))
		}
		b.WriteString(p.text(id))
	}
	return b.String()
}

// sentenceSpace is what stands behind a sentence: a full stop as wide as a letter brings its own room.
func (p page) sentenceSpace(id string) string {
	if m := p.Language.Message(id); len(m) > 0 && strings.HasSuffix(m[len(m)-1].Text, "。") {
		return ""
	}
	return " "
}

// textWith is a message with other values than the page's. It keeps values apart from text that runs from right to left, as <bdi> does
// where there is markup (Unicode UAX #9 §2.4).
func (p page) textWith(id string, values ...string) string {
	values = p.begun(id, values)
	if p.Language.Dir == "rtl" {
		values = slices.Clone(values)
		for i := 1; i < len(values); i += 2 {
			values[i] = "\u2068" + values[i] + "\u2069"
		}
	}
	return p.Language.Text(id, values...)
}

// title names the site and the problem; the status code comes last.
func (p page) title() string {
	id, values := "page.title.named", p.values
	names := func(s i18n.Segment) bool { return s.Placeholder == "Site" }
	switch {
	case slices.ContainsFunc(p.Language.Message(p.story.headline), names):
		id = "page.title"
	case p.noSite(): // it is not about the site that was asked for
		id = "page.title"
		if p.brand.Site != "" {
			id, values = "page.title.named", append([]string{"Site", p.brand.Site}, values...)
		}
	}
	return p.textWith(id, append(values, "Headline", p.headline())...)
}

// say writes a message; values stand in <bdi>, so that a name or number in another
// script does not turn the sentence around.
func (p page) say(id string) templ.Component { return p.sayWith(id, p.values...) }

func (p page) sayWith(id string, values ...string) templ.Component {
	return sentence(p.Language.Message(id), p.begun(id, values), p.times)
}

// goOn says the sentences after the first, which is there.
func (p page) goOn(ids []string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for i := 1; i < len(ids); i++ {
			if err := p.after(ids[i-1], ids[i], p.values...).Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// after says a sentence that follows another.
func (p page) after(before, id string, values ...string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if _, err := io.WriteString(w, p.sentenceSpace(before)); err != nil {
			return err
		}
		return p.sayWith(id, values...).Render(ctx, w)
	})
}

// begun gives the words that stand for a site without a name a capital letter where they
// begin a message. Names are left as they are.
func (p page) begun(id string, values []string) []string {
	unnamed := p.Language.Text("site.unnamed")
	m := p.Language.Message(id)
	if len(m) == 0 || m[0].Placeholder != "Site" || value(m[0], values) != unnamed {
		return values
	}
	return append([]string{"Site", capital(p.Language.Tag, unnamed)}, values...)
}

// capital makes the first letter of a text one that begins a sentence: title case, which
// for a letter like ǆ is another than upper case, by the language's own rules.
func capital(tag, text string) string {
	first, size := utf8.DecodeRuneInString(text)
	upper := unicode.ToTitle
	switch language, _, _ := strings.Cut(tag, "-"); {
	case language == "tr" || language == "az": // i with and without a dot are two letters
		upper = unicode.TurkishCase.ToTitle
	case language == "nl" && strings.HasPrefix(text, "ij"): // a digraph, capital as a whole
		return "IJ" + text[len("ij"):]
	}
	return string(upper(first)) + text[size:]
}

func value(segment i18n.Segment, values []string) string {
	return i18n.Message{segment}.String(values...)
}
