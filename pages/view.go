package pages

import (
	"cmp"
	"net"
	"net/http"
	"strings"
	"time"

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
	// §3.1.1). Empty: there is none, "about:blank" is used.
	Type string

	// Status is a URL that answers 204 when trying again is believed to help, and 503
	// before. The page's script asks it, and the Canaries, when the visitor wishes so.
	// Empty: there is none, and the page has no script.
	Status string

	// Canaries are asked where Status cannot be reached.
	Canaries Canaries

	// ClearCache is a URL to which a form may be sent so that the browser throws away its
	// saved copies of this host. Empty: there is none. Secure says that the visitor is known
	// to see the page in a secure context, without which that has no effect; where nobody
	// knows, the page's script finds out.
	ClearCache string
	Secure     bool

	// Browser is the visitor's. Zero: not known, the page shows the keys of all.
	Browser Browser

	// Languages are the links of the language switcher, AllLanguages leads to a page that
	// has more of them, as "languages". Empty: there is no switcher, there are no more.
	Languages    []Link
	AllLanguages string

	// Frame says that the page is shown as a part of another page: it is short then, and
	// may be framed.
	Frame bool

	// Request is the visitor's, for [Brand.SlotsOf] and [Brand.Page]; nothing of it is
	// shown. Nil: there are no slots of a request.
	Request *http.Request

	// Explained says that the page explains the kind of failure, Diagnosis.Type, to somebody
	// who opened a link to it. Anybody can make one: it says nothing of any request, of
	// whose fault anything is, or of how things are now. Of the other fields only Language,
	// Languages, Host, Type, Browser, Frame and Request count.
	Explained bool

	// StatusOnly says that nothing of the failure is known but Diagnosis.Status: the page
	// is a file, which another server will send with that status. It claims no more than
	// statuses 400, 413, 431 and 5xx mean by their definition. Of the other fields only
	// Language, Languages, Host and Frame count.
	StatusOnly bool
}

// A Link leads to the page in another language.
type Link struct {
	Language *i18n.Language
	URL      string
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
