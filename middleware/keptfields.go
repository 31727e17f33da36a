package middleware

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// lasting are the fields of a whole answer that still hold where ours takes its place: what it
// says to browsers of the site, to caches, to who must sign in, and of when to come back. All
// fields of CORS are, too. Of an answer that broke nothing is kept.
var lasting = [...]string{
	"Vary", "Timing-Allow-Origin", "Set-Cookie", "Www-Authenticate", "Allow", "Retry-After", "Link",
	"Strict-Transport-Security", "Clear-Site-Data",
}

const (
	cors        = "Access-Control-"
	allowOrigin = cors + "Allow-Origin"
)

// singles are those of which a second line would take the first one's effect.
var singles = [...]string{"Retry-After", "Strict-Transport-Security"}

// keepLasting adds the fields of a head that still hold to those that our answer leaves as they are.
// Those of outer handlers go first; where these speak of CORS, nobody else does.
func (x *exchange) keepLasting(head http.Header) {
	fields := maps.Clone(x.before)
	if fields == nil {
		fields = make(http.Header)
	}
	corsIsOuters := fields[allowOrigin] != nil
	for name, lines := range head {
		isCORS := strings.HasPrefix(name, cors)
		switch {
		case !isCORS && !slices.Contains(lasting[:], name), isCORS && corsIsOuters,
			slices.Contains(singles[:], name) && len(fields[name]) > 0:
			continue
		case name == "Retry-After":
			// Of what may have been carried out nobody says that it may be sent again.
			if wait := diagnosis.RetryAfter(headers.First(head, name), x.mw.config.Now()); wait > 0 && diagnosis.Safe(x.ask.method) {
				fields[name] = []string{headers.WholeSeconds(wait)}
			}
			continue
		}
		merged := slices.Clip(fields[name])
		for _, line := range lines {
			if !slices.Contains(merged, line) {
				merged = append(merged, line)
			}
		}
		fields[name] = merged
	}
	x.before = fields
}

// replaces reports an answer that ours takes the place of by the configuration. One in the
// form that we would have answered in, to a program, says more than ours.
func (x *exchange) replaces(status int, h http.Header) bool {
	return x.mw.replaces(status, h) && (x.emptied || !x.speaks(h))
}

func (x *exchange) speaks(h http.Header) bool {
	if x.ask.form != formProblem && x.ask.form != formJSON {
		return false
	}
	return headers.IsJSON(headers.First(h, "Content-Type")) && headers.First(h, "Content-Length") != "0"
}
