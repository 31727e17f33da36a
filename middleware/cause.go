package middleware

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Bounds in bytes on the text of an error in a record.
const (
	maxForeign = 64 // of what an upstream chose
	maxCause   = 256
)

// cause returns the text of an error for the record, escaped. What net/http quotes in it
// was chosen by the upstream and is cut: it may be a whole page, or a cookie.
func cause(err error) (text string) {
	defer func() {
		if recover() != nil { // in a method of the error's own
			text = fmt.Sprintf("%T, which panics when it is asked", err)
		}
	}()
	text = err.Error()
	var failed *url.Error
	if errors.As(err, &failed) {
		text = strings.ReplaceAll(text, strconv.Quote(failed.URL), withoutSecrets(failed.URL))
	}
	if i := strings.IndexByte(text, '"'); i >= 0 && len(text) > i+1+maxForeign {
		text = text[:i+1+maxForeign] + "…"
	}
	if len(text) > maxCause {
		text = text[:maxCause] + "…"
	}
	escaped := strconv.QuoteToASCII(text)
	return escaped[1 : len(escaped)-1]
}

// withoutSecrets is an address without user and query.
func withoutSecrets(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}
