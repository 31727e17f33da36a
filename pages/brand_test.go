package pages

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// TestCompileIsStrict: a brand is checked once, at the start, and says all its faults.
func TestCompileIsStrict(t *testing.T) {
	email := func(s string) Brand { return Brand{Contact: Contact{Email: s}} }
	phone := func(s string) Brand { return Brand{Contact: Contact{Phone: s}} }
	status := func(s string) Brand { return Brand{Contact: Contact{StatusPage: s}} }
	hours := func(s string) Brand { return Brand{Contact: Contact{Phone: "112", Hours: s}} }
	for _, tt := range []struct {
		name  string
		brand Brand
		field string // with a fault; empty: the brand is taken
		value string
	}{
		{"nothing at all", Brand{}, "", ""},
		{"everything", shop, "", ""},

		{"an address", email("help@example.com"), "", ""},
		{"an address of another script", email("hilfe@bücher.example"), "", ""},
		{"no address", email("help"), "Contact.Email", "help"},
		{"an address with a name", email("Help <help@example.com>"), "Contact.Email", "Help <help@example.com>"},
		{"two addresses", email("a@example.com, b@example.com"), "Contact.Email", "a@example.com, b@example.com"},
		{"an address as a link", email("mailto:help@example.com"), "Contact.Email", "mailto:help@example.com"},
		{"an address with a second header field", email("a@example.com\r\nBcc: b@example.com"), "Contact.Email", "a@example.com\r\nBcc: b@example.com"},
		{"an address with a blank", email(" a@example.com"), "Contact.Email", " a@example.com"},

		{"a status page", status("https://status.example.net/shop"), "", ""},
		{"a status page without TLS", status("http://status.example.net"), "", ""},
		{"a script for a status page", status("javascript:alert(1)"), "Contact.StatusPage", "javascript:alert(1)"},
		{"a script with a host", status("javascript://example.net/%0aalert(1)"), "Contact.StatusPage", "javascript://example.net/%0aalert(1)"},
		{"data for a status page", status("data:text/html,hello"), "Contact.StatusPage", "data:text/html,hello"},
		{"a status page without a scheme", status("status.example.net"), "Contact.StatusPage", "status.example.net"},
		{"a status page with the scheme of ours", status("//status.example.net"), "Contact.StatusPage", "//status.example.net"},
		{"a status page without a host", status("https:///status"), "Contact.StatusPage", "https:///status"},
		{"a path for a status page", status("/status"), "Contact.StatusPage", "/status"},
		{"a file for a status page", status("ftp://status.example.net"), "Contact.StatusPage", "ftp://status.example.net"},
		{"a status page with a line break", status("https://status.example.net/\r\n"), "Contact.StatusPage", "https://status.example.net/\r\n"},

		{"a number", phone("+44 (0)20 7946-0000"), "", ""},
		{"letters for a number", phone("0800 CALL US"), "Contact.Phone", "0800 CALL US"},
		{"a number as a link", phone("tel:112"), "Contact.Phone", "tel:112"},
		{"a number with an extension for the dialler", phone("112;ext=1"), "Contact.Phone", "112;ext=1"},
		{"digits of another script, which cannot be dialled", phone("٠١٢"), "Contact.Phone", "٠١٢"},
		{"a number without a digit", phone("()"), "Contact.Phone", "()"},

		{"a colour", Brand{Accent: "#0b5c63"}, "", ""},
		{"a colour by its name", Brand{Accent: "teal"}, "Accent", "teal"},
		{"the end of the style element", Brand{Accent: "#fff</style><script>alert(1)</script>"}, "Accent", "#fff</style><script>alert(1)</script>"},

		{"the accent with a capital", Brand{Accent: "#0B5C63"}, "", ""},

		{"a theme", Brand{Theme: ThemeCard}, "", ""},
		{"another theme", Brand{Theme: "bulletin"}, "", ""},
		{"a theme that is not there", Brand{Theme: "neon"}, "Theme", "neon"},
		{"a theme of another case", Brand{Theme: "Card"}, "Theme", "Card"},
		{"a scheme", Brand{Scheme: SchemeDark}, "", ""},
		{"a scheme that is not there", Brand{Scheme: "dim"}, "Scheme", "dim"},

		{"no radius", Brand{Radius: "0"}, "", ""},
		{"a radius in pixels", Brand{Radius: "6px"}, "", ""},
		{"a radius in rem", Brand{Radius: "0.5rem"}, "", ""},
		{"the largest radius", Brand{Radius: "32px"}, "", ""},
		{"a larger radius", Brand{Radius: "33px"}, "Radius", "33px"},
		{"a larger radius in rem", Brand{Radius: "2.1rem"}, "Radius", "2.1rem"},
		{"a radius without a unit", Brand{Radius: "6"}, "Radius", "6"},
		{"a radius of another unit", Brand{Radius: "50%"}, "Radius", "50%"},
		{"a radius below nought", Brand{Radius: "-1px"}, "Radius", "-1px"},
		{"a radius in powers of ten", Brand{Radius: "1e1px"}, "Radius", "1e1px"},
		{"a radius that is computed", Brand{Radius: "calc(1px)"}, "Radius", "calc(1px)"},
		{"a radius with two points", Brand{Radius: "1.1.1px"}, "Radius", "1.1.1px"},
		{"a radius and a declaration", Brand{Radius: "1px;color:red"}, "Radius", "1px;color:red"},

		{"a font", Brand{Font: "Inter"}, "", ""},
		{"a stack of fonts", Brand{Font: `Inter, "Segoe UI", 'Noto Sans', sans-serif`}, "", ""},
		{"a name with a joiner, as Persian needs", Brand{Site: "می\u200cفروشیم"}, "", ""},
		{"a name that commands a terminal", Brand{Site: "Shop\x1b]0;owned\a"}, "Site", "Shop\x1b]0;owned\a"},
		{"a name that turns the text round", Brand{Site: "Shop\u202egpj"}, "Site", "Shop\u202egpj"},
		{"hours that nobody sees", Brand{Contact: Contact{Hours: "9\U000e0049"}}, "Contact.Hours", "9\U000e0049"},
		{"a name of blanks", Brand{Site: "  "}, "Site", "  "},
		{"a generic font alone", Brand{Font: "serif"}, "", ""},
		{"a font with a name of another script", Brand{Font: "ヒラギノ角ゴ, sans-serif"}, "", ""},
		{"a generic font before others", Brand{Font: "serif, Georgia"}, "Font", "serif, Georgia"},
		{"a font without an end of its quotation", Brand{Font: `"Inter`}, "Font", `"Inter`},
		{"a font with an escape", Brand{Font: `In\74 er`}, "Font", `In\74 er`},
		{"a font and a declaration", Brand{Font: "Inter;background:red"}, "Font", "Inter;background:red"},
		{"a font from elsewhere", Brand{Font: "url(https://example.net/a.woff2)"}, "Font", "url(https://example.net/a.woff2)"},
		{"a font and the end of the style element", Brand{Font: "</style><script>"}, "Font", "</style><script>"},
		{"a variable for a font", Brand{Font: "var(--face)"}, "Font", "var(--face)"},
		{"an empty font in a stack", Brand{Font: "Inter,,serif"}, "Font", "Inter,,serif"},
		{"nine fonts", Brand{Font: "a,b,c,d,e,f,g,h,i"}, "Font", "a,b,c,d,e,f,g,h,i"},
		{"a font that hides a mark", Brand{Font: "Int\u202eer"}, "Font", "Int\u202eer"},

		{"a source of pictures", Brand{CSP: Sources{Img: []string{"https://cdn.example.net", "https://*.example.net/a/"}}}, "", ""},
		{"the own host", Brand{CSP: Sources{Font: []string{"'self'"}}}, "", ""},
		{"the hash of a style", Brand{CSP: Sources{Style: []string{"'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"}}}, "", ""},
		{"a socket to connect to", Brand{CSP: Sources{Connect: []string{"wss://status.example.net"}}}, "", ""},
		{"any style", Brand{CSP: Sources{Style: []string{"'unsafe-inline'"}}}, "CSP.Style", "'unsafe-inline'"},
		{"any picture", Brand{CSP: Sources{Img: []string{"*"}}}, "CSP.Img", "*"},
		{"any picture with TLS", Brand{CSP: Sources{Img: []string{"https:"}}}, "CSP.Img", "https:"},
		{"pictures without TLS", Brand{CSP: Sources{Img: []string{"http://cdn.example.net"}}}, "CSP.Img", "http://cdn.example.net"},
		{"two sources in one", Brand{CSP: Sources{Img: []string{"https://a.example https://b.example"}}}, "CSP.Img", "https://a.example https://b.example"},
		{"a source and a directive", Brand{CSP: Sources{Img: []string{"https://a.example; script-src *"}}}, "CSP.Img", "https://a.example; script-src *"},
		{"a source and a second policy", Brand{CSP: Sources{Img: []string{"https://a.example,script-src"}}}, "CSP.Img", "https://a.example,script-src"},
		{"a source and a header field", Brand{CSP: Sources{Img: []string{"https://a.example\r\nSet-Cookie: a"}}}, "CSP.Img", "https://a.example\r\nSet-Cookie: a"},
		{"a style as data", Brand{CSP: Sources{Style: []string{"data:"}}}, "CSP.Style", "data:"},

		{"an own page with its policy", Brand{Page: ownPage, PageCSP: "default-src 'none'; style-src 'self';"}, "", ""},
		{"an own page without a policy", Brand{Page: ownPage}, "PageCSP", ""},
		{"a policy without an own page", Brand{PageCSP: "default-src 'none'"}, "PageCSP", "default-src 'none'"},
		{"a policy and a header field", Brand{Page: ownPage, PageCSP: "default-src 'none'\r\nSet-Cookie: a"}, "PageCSP", "default-src 'none'\r\nSet-Cookie: a"},
		{"two policies", Brand{Page: ownPage, PageCSP: "default-src 'none', script-src *"}, "PageCSP", "default-src 'none', script-src *"},

		{"a third voice", Brand{Voice: VoiceThird}, "", ""},
		{"a voice that nobody has", Brand{Voice: "loud"}, "Voice", "loud"},

		{"a name of another script", Brand{Site: "متجر"}, "", ""},
		{"a name of 100 bytes", Brand{Site: strings.Repeat("a", 100)}, "", ""},
		{"a name of 101 bytes", Brand{Site: strings.Repeat("a", 101)}, "Site", strings.Repeat("a", 101)},
		{"a name with a line break", Brand{Site: "Example\nShop"}, "Site", "Example\nShop"},
		{"a name with a NUL", Brand{Site: "Example\x00Shop"}, "Site", "Example\x00Shop"},
		{"a name that turns the text around", Brand{Site: "Example\u202eShop"}, "Site", "Example\u202eShop"},
		{"a name that is not UTF-8", Brand{Site: "Example\xffShop"}, "Site", "Example\xffShop"},
		{"a name of blanks", Brand{Site: "  "}, "Site", "  "},
		{"hours with an escape sequence", hours("9 to 17\x1b[2J"), "Contact.Hours", "9 to 17\x1b[2J"},
		{"hours of a kilobyte", hours(strings.Repeat("9 to 17 ", 128)), "Contact.Hours", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site, err := Compile(tt.brand)
			if tt.field == "" {
				if err != nil || site == nil {
					t.Errorf("Compile = %v, want a site", err)
				}
				return
			}
			if err == nil || site != nil {
				t.Fatal("Compile took it, want an error")
			}
			want := "pages: Brand." + tt.field + " "
			if tt.value != "" {
				want += fmt.Sprintf("%q: ", tt.value)
			}
			if !strings.HasPrefix(err.Error(), want) {
				t.Errorf("Compile = %v, want it to begin with %s", err, want)
			}
		})
	}
}

// TestCompileJoinsAllFaults: an operator mends a brand in one go.
func TestCompileJoinsAllFaults(t *testing.T) {
	_, err := Compile(Brand{
		Site:    strings.Repeat("a", 101),
		Accent:  "teal",
		Voice:   "loud",
		Logo:    "<script/>",
		Radius:  "wide",
		Font:    ";",
		Theme:   "neon",
		Scheme:  "dim",
		CSP:     Sources{Img: []string{"*"}},
		PageCSP: "none",
		Contact: Contact{Email: "help", Phone: "call us", StatusPage: "javascript:alert(1)"},
	})
	if err == nil {
		t.Fatal("Compile took it")
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 13 {
		t.Fatalf("Compile = %v, want 13 joined errors", err)
	}
	for _, field := range []string{"Site", "Accent", "Voice", "Logo", "Radius", "Font", "Theme", "Scheme", "CSP.Img", "PageCSP", "Contact.Email", "Contact.Phone", "Contact.StatusPage"} {
		if !strings.Contains(err.Error(), "pages: Brand."+field+` "`) {
			t.Errorf("%s is not named in: %v", field, err)
		}
	}
}

// TestMailAddressIsOneAddress: what is a local part must not become a field of the mail.
func TestMailAddressIsOneAddress(t *testing.T) {
	for _, address := range []string{"help?bcc=x@example.com", "a&b@example.com", "50%25off@example.com", "a#b@example.com", "a/b@example.com"} {
		b := Brand{Contact: Contact{Email: address}}
		if _, err := Compile(b); err != nil {
			continue // refused is as good
		}
		href := hrefOf(t, html(t, b, failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")), "mailto:")
		to, _, _ := strings.Cut(strings.TrimPrefix(href, "mailto:"), "?subject=")
		if strings.ContainsAny(to, "?&#/") || strings.Contains(to, "%25off") && !strings.Contains(to, "%2525") {
			t.Errorf("%s: the link is for %s (RFC 6068 §2: percent-encode it)", address, to)
		}
	}
}

// TestPhoneLink: people write numbers in many ways, diallers take digits.
func TestPhoneLink(t *testing.T) {
	for number, want := range map[string]string{
		"112":                "tel:112",
		"+44 20 7946 0000":   "tel:+442079460000",
		"(030) 123/45.67-89": "tel:030123456789",
	} {
		b := Brand{Contact: Contact{Phone: number}}
		if got := hrefOf(t, html(t, b, failed(diagnosis.ConnectionRefused.Diagnosis(), "GET")), "tel:"); got != want {
			t.Errorf("%s leads to %s, want %s", number, got, want)
		}
	}
}
