package pages

import (
	"cmp"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// A View is everything an answer shows of one failed exchange. Nothing internal is in
// it: no upstream name, no error text, no query string.
type View struct {
	Language  *i18n.Language // must be set
	Diagnosis diagnosis.Diagnosis
	Verdict   diagnosis.Verdict
	Method    string    // the visitor's request method; empty: GET
	Host      string    // as the visitor sees it, with a port if there is one; empty: not known
	Path      string    // as the visitor sees it, percent-encoded, without the query
	Reference string    // such as "7KQ2-M9XD"; empty: none
	Trace     string    // a second reference, of a trace or an outer gateway; empty: none
	Time      time.Time // of the failure; zero: not shown

	// Type is the URI reference of a page that explains this kind of failure (RFC 9457
	// §3.1.1). With "?lang=" and a tag behind it, it does so in that language: the language
	// switcher of [Site.Page] leads there. Empty: there is none, "about:blank" is used.
	Type string

	// Status is a URL that answers 204 when trying again is believed to help, and 503
	// before. The page's script asks it, and Config.Canaries where it cannot be reached, when
	// the visitor wishes so. Empty: there is none, the page cannot look whether the site works
	// again.
	Status string

	// ClearCache is a URL to which a form may be sent so that the browser throws away its
	// saved copies of this host. Empty: there is none. Secure says that the visitor is known
	// to see the page in a secure context, without which that has no effect; where nobody
	// knows, the page's script finds out.
	ClearCache string
	Secure     bool

	// Frame says that the page is shown as a part of another page: it is short then, and
	// may be framed.
	Frame bool

	// Request is the visitor's, for [Brand.SlotsOf] and [Brand.Page]; [Site.Page] takes the
	// browser and the languages of the visitor from its header. Nothing of it is shown. Nil:
	// there are no slots of a request, and the page shows the keys of all browsers.
	Request *http.Request

	// Explained says that the page explains the kind of failure, Diagnosis.Type, to somebody
	// who opened a link to it. Anybody can make one: it says nothing of any request, of
	// whose fault anything is, or of how things are now. Of the other fields only Language,
	// Host, Type, Frame and Request count.
	Explained bool

	// StatusOnly says that nothing of the failure is known but Diagnosis.Status: the page
	// is a file, which another server will send with that status. It claims no more than
	// statuses 400, 413, 431 and 5xx mean by their definition. Of the other fields only
	// Language, Host and Frame count.
	StatusOnly bool

	extras
}

// extras are what [Site.Page] finds out itself. The zero value shows nothing of them.
type extras struct {
	canaries *canaries
	browser  browser
	switcher switcher
}

// Bounds in bytes on what is shown of a request.
const (
	maxHost      = 253 + 6 // a DNS name, a colon and a port
	maxShown     = 120     // of the address
	maxReference = 64
)

// cleaned returns the view with its values fit to be shown.
func (v View) cleaned() View {
	if v.StatusOnly {
		v = v.onlyStatus()
	}
	v.clean()
	return v
}

// clean makes the values of the view fit to be shown, and gives those of a verdict that were
// left away their meaning.
func (v *View) clean() {
	if v.Explained {
		v.onlyKind()
	}
	v.Host, v.Path = clean(v.Host, maxHost), clean(v.Path, maxShown)
	v.Reference, v.Trace = clean(v.Reference, maxReference), clean(v.Trace, maxReference)
	v.Diagnosis.Party = cmp.Or(v.Diagnosis.Party, diagnosis.Unknown)
	v.Verdict.Party = cmp.Or(v.Verdict.Party, diagnosis.Unknown)
	v.Verdict.Confidence = cmp.Or(v.Verdict.Confidence, diagnosis.CannotTell)
	v.Verdict.Scope = cmp.Or(v.Verdict.Scope, diagnosis.ScopeUnknown)
}

// onlyKind takes everything away but the kind of failure that is explained.
func (v *View) onlyKind() {
	side := v.Verdict.Side
	d := v.Diagnosis.Type.Diagnosis()
	d.Outcome, d.RetryAfter = "", 0
	*v = View{
		Language: v.Language, Host: v.Host, Type: v.Type, Frame: v.Frame, Request: v.Request, Explained: true,
		extras:    extras{browser: v.browser, switcher: v.switcher},
		Diagnosis: d, Verdict: diagnosis.Verdict{Side: side},
	}
}

// site returns the name of the site that was asked for: the brand's, else the host, else
// "this site". At a gateway of the visitor's side the brand is that of the gateway.
func (v *View) site(b *Brand) string {
	if b.Site != "" && v.Verdict.Side != diagnosis.SideVisitor {
		return b.Site
	}
	if host := hostname(v.Host); host != "" {
		return host
	}
	return v.Language.Text("site.unnamed")
}

// hostname returns a host without port and brackets.
func hostname(host string) string {
	if strings.Contains(host, ":") {
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
	}
	return strings.Trim(host, "[]")
}

// clean prepares a value from outside for being shown: without what hides text, turns it
// around or commands a terminal, and cut to a length in bytes. Markup is templ's matter.
func clean(value string, limit int) string {
	if len(value) <= limit && isVisibleASCII(value) {
		return value // as almost all are
	}
	cut := len(value) > limit
	if cut {
		value = value[:limit]
	}
	value = strings.Map(func(r rune) rune {
		if hides(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, ""))
	if cut {
		value += "…"
	}
	return value
}

// hides reports characters that are not seen themselves: controls, formats such as the
// direction overrides, line and paragraph separators. What an operator writes may have some
// of them, see [i18n.CheckText].
func hides(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

func isVisibleASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
