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

// cause returns the text of an error for the record. What net/http quotes in it was chosen
// by the upstream and is cut: it may be a whole page, or a cookie. An error whose methods
// panic has a text too.
func cause(err error) (text string) {
	defer func() {
		if recover() != nil {
			text = errUnspeakable.Error()
		}
	}()
	text = fmt.Sprint(err) // which knows what to say of a nil pointer
	if failed, ok := errors.AsType[*url.Error](err); ok && failed != nil {
		text = strings.ReplaceAll(text, strconv.Quote(failed.URL), withoutSecrets(failed.URL))
	}
	if i := strings.IndexByte(text, '"'); i >= 0 && len(text) > i+1+maxForeign {
		text = printable(text, i+1+maxForeign)
	}
	return printable(text, maxCause)
}

// withoutSecrets is an address without user and query.
func withoutSecrets(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	return u.Scheme + "://" + u.Host + u.EscapedPath()
}
