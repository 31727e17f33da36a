package pages

import "strings"

// Text returns the answer as plain text, for terminals. The first line is its title.
func (s *Site) Text(v View) []byte { return s.page(v).write("", "") }

// Markdown returns the same text with a heading and a list, for programs that read for a
// language model.
func (s *Site) Markdown(v View) []byte { return s.page(v).write("# ", "- ") }

func (p page) write(heading, item string) []byte {
	var b strings.Builder
	line := func(text ...string) { b.WriteString(strings.Join(text, "") + "\n") }
	line(heading, p.title())
	line()
	line(p.text(p.story.lead))
	if ids := p.story.sentences(); len(ids) > 0 {
		line(p.texts(ids))
	}
	if p.story.box != "" {
		line()
		line(p.text("form." + p.story.box + ".title"))
		for _, id := range p.box() {
			line(p.text(id))
		}
	}
	line()
	label := func(id, value string) {
		if value != "" {
			line(item, p.textWith("text.label", "Label", p.text(id), "Value", value))
		}
	}
	label("contact.email", p.brand.Contact.Email)
	label("contact.phone", p.brand.Contact.Phone)
	label("contact.status", p.brand.Contact.StatusPage)
	label("details.reference", p.references())
	label("details.error", p.code())
	return []byte(b.String())
}
