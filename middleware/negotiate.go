package middleware

import (
	"strconv"
	"strings"
)

// A form is the shape of an answer.
type form int

const (
	formText form = iota
	formHTML
	formProblem // application/problem+json (RFC 9457)
	formJSON    // the same as application/json, for clients that only take that
	formNothing // for images, styles, scripts: nobody reads a page there
)

// Bounds on what is read of an Accept field: headers are hostile.
const (
	maxAcceptBytes = 512
	maxAcceptItems = 8
)

// form chooses the shape of the answer. Browsers tell the kind of request in
// Sec-Fetch-Dest and Sec-Fetch-Mode, but only in secure contexts; else Accept decides.
func (a ask) form() form {
	switch a.fetchDest {
	case "audio", "font", "image", "manifest", "script", "style", "track", "video", "audioworklet",
		"paintworklet", "serviceworker", "sharedworker", "worker", "report", "xslt":
		return formNothing
	}
	if a.fetchMode == "navigate" {
		return formHTML
	}
	best, bestQ := formText, -1.0
	for _, offer := range []struct {
		form
		kind, subtype string
		named         bool // only when the client names it: */* asks for nothing in particular
	}{
		{formHTML, "text", "html", true},
		{formHTML, "application", "xhtml+xml", true},
		{formProblem, "application", "problem+json", true},
		{formJSON, "application", "json", true},
		{formText, "text", "plain", false},
	} {
		q, named := quality(a.accept, offer.kind, offer.subtype)
		if offer.named && !named {
			continue
		}
		if q > 0 && q > bestQ {
			best, bestQ = offer.form, q
		}
	}
	if best == formText && !strings.Contains(a.accept, "text/plain") && a.speaksJSON() {
		return formProblem
	}
	return best
}

// speaksJSON reports clients that take anything but are programs: fetch and XHR calls,
// and requests that carry JSON themselves.
func (a ask) speaksJSON() bool {
	if a.fetchMode == "cors" || a.fetchMode == "same-origin" || a.fetchMode == "no-cors" {
		return true
	}
	kind, _, _ := strings.Cut(a.contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || strings.HasSuffix(kind, "+json") || strings.Contains(strings.ToLower(a.accept), "+json")
}

// quality returns the weight of a media type in an Accept field (RFC 9110 §12.5.1): the
// most specific range that fits decides. named reports that the field names the type
// itself. An empty field accepts everything.
func quality(accept, kind, subtype string) (q float64, named bool) {
	if strings.TrimSpace(accept) == "" {
		return 1, false
	}
	if len(accept) > maxAcceptBytes {
		accept = accept[:maxAcceptBytes]
		accept = accept[:max(strings.LastIndexByte(accept, ','), 0)]
	}
	specific, items := 0, 0
	for part := range strings.SplitSeq(accept, ",") {
		if items++; items > maxAcceptItems {
			break
		}
		media, params, _ := strings.Cut(part, ";")
		main, sub, ok := strings.Cut(strings.ToLower(strings.TrimSpace(media)), "/")
		if main == "*" && !ok {
			main, sub = "*", "*" // a lone * is sent by old clients
		}
		s := 0
		switch {
		case main == kind && sub == subtype:
			s = 3
		case main == kind && sub == "*":
			s = 2
		case main == "*" && sub == "*":
			s = 1
		}
		if s > specific {
			specific, q = s, weight(params)
		}
	}
	return q, specific == 3
}

// weight reads q from the parameters; what is malformed counts as absent.
func weight(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		if q, err := strconv.ParseFloat(value, 64); err == nil && q >= 0 && q <= 1 {
			return q
		}
	}
	return 1
}
