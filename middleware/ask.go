package middleware

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// An ask is what the visitor asked for.
type ask struct {
	method, host, path               string
	accept, acceptLanguage, language string
	fetchDest, fetchMode, purpose    string
	contentType, upgrade             string
	connect                          bool // Connect-Protocol-Version: an RPC of Connect
}

// An asked is what an exchange keeps of an ask, before anything inside changes the request:
// no more than an answer needs, as most exchanges never look at it.
type asked struct {
	method, host, path       string
	acceptLanguage, language string
	form                     form
	grpc                     headers.GRPCType
}

func (m *Middleware) askedOf(r *http.Request) asked {
	a := askOf(r)
	kept := asked{method: a.method, host: a.host, path: a.path, acceptLanguage: a.acceptLanguage, language: a.language, form: a.form(m.preferenceOf)}
	if kept.form == formGRPC {
		kept.grpc = headers.GRPCTypeOf(a.contentType)
	}
	return kept
}

// languageParam on a site's address chooses the language: for links and tests.
const languageParam = "fiveohtwo-lang"

func askOf(r *http.Request) ask {
	h := r.Header
	a := ask{
		method: r.Method, host: headers.ShownHost(r.Host), path: asSeen(r).EscapedPath(),
		accept: headers.List(h["Accept"]), acceptLanguage: headers.List(h["Accept-Language"]),
		fetchDest: headers.First(h, "Sec-Fetch-Dest"), fetchMode: headers.First(h, "Sec-Fetch-Mode"),
		purpose:     cmp.Or(headers.First(h, "Sec-Purpose"), headers.First(h, "Purpose"), headers.First(h, "X-Moz")),
		contentType: headers.First(h, "Content-Type"),
		connect:     h["Connect-Protocol-Version"] != nil,
	}
	if headers.IsWebSocket(h) {
		a.upgrade = h["Upgrade"][0] // others, such as h2c, only offer what they could do too
	}
	if strings.Contains(r.URL.RawQuery, languageParam) {
		a.language = r.URL.Query().Get(languageParam)
	}
	return a
}

// outbound corrects what was read from a request that a ReverseProxy may have made: its
// URL and host are internal then, only the request line is still the visitor's.
func (a *asked) outbound(r *http.Request) {
	a.host, a.path = "", ""
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		a.path = u.EscapedPath()
	}
}

// dropLanguageParam takes the parameter out again: it is not meant for the upstream.
func dropLanguageParam(r *http.Request) {
	if !strings.Contains(r.URL.RawQuery, languageParam) {
		return
	}
	var kept []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || plain != languageParam {
			kept = append(kept, pair)
		}
	}
	u := *r.URL // the original may be shared with outer handlers
	u.RawQuery = strings.Join(kept, "&")
	r.URL = &u
}
