package middleware

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/middleware/internal/headers"
)

// A relay is what an upstream says itself about a failure that it reports. Where the
// answer is ours only this is taken over: its Proxy-Status may name machines inside.
type relay struct {
	trips      int16 // RoundTrips begun when it did
	status     int
	error      diagnosis.Type // by its Proxy-Status; empty: it names none
	retryAfter time.Duration  // by its Retry-After; 0: it names none
	requestID  string         // its name for the request, which its own log knows; empty: none
}

func relayOf(res *http.Response, now time.Time) *relay {
	r := &relay{status: res.StatusCode, retryAfter: headers.RetryAfter(res.Header.Get("Retry-After"), now)}
	if id := headers.First(res.Header, "X-Request-Id"); len(id) <= maxRequestID && !strings.ContainsFunc(id, isNoIDSign) {
		r.requestID = strings.Clone(id)
	}
	list, err := httpsfv.UnmarshalList(res.Header.Values("Proxy-Status"))
	if err != nil {
		return r
	}
	for _, member := range list { // the last one is the nearest to us (RFC 9209 §2)
		item, ok := member.(httpsfv.Item)
		if !ok {
			continue
		}
		value, _ := item.Params.Get("error")
		if kind, ok := typeNamed(asText(value)); ok {
			r.error = kind
		}
	}
	return r
}

// typeNamed returns the registered type of that name: the constant, as it is remembered, and
// a name that came in a request line or a field would keep all of that alive.
func typeNamed(name string) (diagnosis.Type, bool) {
	kinds := diagnosis.Types()
	if i := slices.Index(kinds, diagnosis.Type(name)); i >= 0 {
		return kinds[i], true
	}
	return "", false
}

// asText returns a Token or String; RFC 9209 has both in its examples.
func asText(value any) string {
	switch v := value.(type) {
	case httpsfv.Token:
		return string(v)
	case string:
		return v
	}
	return ""
}

// maxRequestID is how long a name for a request may be.
const maxRequestID = 128

// isNoIDSign reports what stands in no such name: blanks, and what is not printable ASCII.
func isNoIDSign(r rune) bool { return r <= ' ' || r > '~' }

// diagnosis names a failure that the upstream reports.
func (r *relay) diagnosis() diagnosis.Diagnosis {
	d := diagnosis.Diagnosis{
		Type: r.error, Status: r.status, ReceivedStatus: r.status, Party: diagnosis.Site, Phase: diagnosis.Receive,
		Outcome: diagnosis.Answered, Retryable: true, RetryAfter: r.retryAfter,
		Hint: "the upstream answered with this status itself: look at its log, port and health",
	}
	if r.status < 500 {
		d.Type, d.Party, d.Retryable, d.RetryAfter = diagnosis.HTTPRequestError, diagnosis.Visitor, false, 0
		return d
	}
	if r.error != "" {
		d.Hint = "the upstream is a gateway too, and reports " + string(r.error) + " behind it: look at its log"
		d.Retryable = r.error.Properties().Retryable || r.retryAfter > 0
	}
	return d
}
