package diagnosis

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Relayed names a failure that the upstream reports itself, by the status of its answer and
// by Proxy-Status and Retry-After in its head. A status below 500 lays it to the visitor.
func Relayed(status int, head http.Header, now time.Time) Diagnosis {
	d := Diagnosis{
		Status: status, ReceivedStatus: status, Phase: Receive, Party: Site, Outcome: Answered,
		Hint: "the upstream answered with this status itself: look at its log, port and health",
	}
	if status < 500 {
		d.Type, d.Party = HTTPRequestError, Visitor
		return d
	}
	d.RetryAfter = RetryAfter(head.Get("Retry-After"), now)
	d.Retryable = true
	if d.Type = nearestError(head.Values("Proxy-Status")); d.Type != "" {
		d.Hint = "the upstream is a gateway too, and reports " + string(d.Type) + " behind it: look at its log"
		d.Retryable = d.Type.Properties().Retryable || d.RetryAfter > 0
	}
	return d
}

// nearestError is the last error in a Proxy-Status field: each gateway adds itself at the
// end, so the last one is the nearest to us (RFC 9209 §2). Empty: there is none.
func nearestError(lines []string) (nearest Type) {
	list, err := httpsfv.UnmarshalList(lines)
	if err != nil {
		return ""
	}
	for _, member := range list {
		item, ok := member.(httpsfv.Item)
		if !ok {
			continue
		}
		value, _ := item.Params.Get("error") // a Token or a String: RFC 9209 has both in its examples
		name := fmt.Sprint(value)
		// The registry's own constant: a piece of a field would keep all of that alive.
		if i := slices.IndexFunc(registry[:], func(r registered) bool { return string(r.Type) == name }); i >= 0 {
			nearest = registry[i].Type
		}
	}
	return nearest
}

// RetryAfter reads a Retry-After field (RFC 9110 §10.2.3), seconds or a date: how long to
// wait, 24 hours at most. What makes no sense is 0.
func RetryAfter(field string, now time.Time) time.Duration {
	field = strings.TrimSpace(field)
	if seconds, err := strconv.ParseInt(field, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) { // then it is the largest there is
		return time.Duration(max(0, min(seconds, int64(maxWait/time.Second)))) * time.Second
	}
	if date, err := http.ParseTime(field); err == nil {
		return max(0, min(date.Sub(now), maxWait))
	}
	return 0
}
