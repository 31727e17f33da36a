package pages

import "strings"

// Text returns the answer as plain text, for terminals.
func (s *Site) Text(v View) []byte {
	p := s.page(v)
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, " ") + "\n") }
	line(p.title())
	line()
	line(p.text(p.story.lead))
	verdict := p.text(p.story.verdict)
	if p.story.blameless {
		verdict += " " + p.text("verdict.blameless")
	}
	line(verdict)
	if p.story.box != "" {
		line()
		line(p.text("form."+p.story.box+".title") + ".")
		for _, id := range p.box() {
			line(p.text(id))
		}
	}
	line()
	label := func(id, value string) {
		if value != "" {
			line(p.textWith("text.label", "Label", p.text(id), "Value", value))
		}
	}
	label("contact.email", p.brand.Contact.Email)
	label("contact.phone", p.brand.Contact.Phone)
	label("contact.status", p.brand.Contact.StatusPage)
	label("details.reference", p.Reference)
	label("details.error", p.code())
	return []byte(b.String())
}
