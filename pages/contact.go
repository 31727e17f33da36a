package pages

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"
)

// mail is the mailto URI: a subject in the visitor's language, a report in English for
// those who read it.
func (p page) mail() templ.SafeURL {
	report := []string{"", ""}
	line := func(label, value string) {
		if value != "" {
			report = append(report, label+": "+value)
		}
	}
	line("Reference", p.references())
	line("Time", p.time())
	line("Address", p.address())
	line("Error", p.code())
	line("Step", string(p.Diagnosis.Phase))
	subject := p.headline()
	if p.Reference != "" {
		subject = p.text("contact.subject")
	}
	local, domain, _ := strings.Cut(p.brand.Contact.Email, "@")
	return templ.SafeURL("mailto:" + url.QueryEscape(local) + "@" + url.QueryEscape(domain) + "?subject=" + mailText.Replace(subject) +
		"&body=" + mailText.Replace(strings.Join(report, "\r\n")))
}

// mailText escapes what ends a field of a mailto URI (RFC 6068 §2) and what may stand in no
// URL. Letters outside ASCII may (URL Standard, "URL code points"): browsers escape them.
var mailText = percentEncodes("%&#+? \"<>[]\\^`{|}\r\n\t")

func percentEncodes(characters string) *strings.Replacer {
	var pairs []string
	for _, c := range characters {
		pairs = append(pairs, string(c), fmt.Sprintf("%%%02X", c))
	}
	return strings.NewReplacer(pairs...)
}

func (p page) phone() templ.SafeURL {
	number := strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, p.brand.Contact.Phone)
	return templ.SafeURL("tel:" + number)
}
