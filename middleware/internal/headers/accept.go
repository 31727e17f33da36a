package headers

import "strings"

// MaxAccept is how many bytes are read of an Accept field: headers are hostile.
const MaxAccept = 512

// maxAcceptItems is how many of its items are read.
const maxAcceptItems = 8

// AnyJSON stands for the subtypes that end so, such as vnd.api+json: a client that reads one
// of them can read problem+json.
const AnyJSON = "+json"

// maxQ is the weight 1.
const maxQ = 1000

// A mediaRange is one item of an Accept field, such as text/*;q=0.5.
type mediaRange struct {
	kind, subtype string
	q             int  // in thousandths
	more          bool // has parameters beside q
}

// Ranges are the items of an Accept field. An array, as it then needs no allocation.
type Ranges [maxAcceptItems]mediaRange

// ParseAccept reads an Accept field. An empty one accepts everything.
func ParseAccept(accept string) (ranges Ranges) {
	if len(accept) > MaxAccept {
		accept = accept[:max(strings.LastIndexByte(accept[:MaxAccept+1], ','), 0)]
	}
	if strings.Trim(accept, ", \t") == "" {
		accept = "*/*"
	}
	n := 0
	for accept != "" && n < len(ranges) {
		var part string
		part, accept = cutUnquoted(accept, ',')
		media, params, _ := strings.Cut(part, ";")
		media = strings.TrimSpace(media)
		if media == "*" {
			media = "*/*" // sent by old clients
		}
		r := &ranges[n]
		r.kind, r.subtype, _ = strings.Cut(media, "/")
		r.q, r.more = weight(params)
		n++
	}
	return ranges
}

// cutUnquoted is strings.Cut at a separator outside of quoted strings (RFC 9110 §5.6.4).
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// Quality returns the weight of a media type, in thousandths (RFC 9110 §12.5.1): the most
// specific range that fits decides. named reports that one names the type itself.
func (ranges *Ranges) Quality(kind, subtype string) (q int, named bool) {
	specific := 0
	for i := range ranges {
		r := &ranges[i]
		if s := r.specificity(kind, subtype); s > specific {
			specific, q = s, r.q
		} else if s == specific && s > 0 {
			q = max(q, r.q)
		}
	}
	return q, specific >= 5
}

// specificity returns how closely the range fits a type: 0 not at all, 6 exactly, one
// less with parameters, as text/plain;format=flowed is not quite our text/plain.
func (r *mediaRange) specificity(kind, subtype string) int {
	s := 0
	switch {
	case r.kind == "*" && r.subtype == "*":
		s = 2
	case !strings.EqualFold(r.kind, kind):
		return 0
	case r.subtype == "*":
		s = 4
	case strings.EqualFold(r.subtype, subtype) || subtype == AnyJSON && hasSuffixFold(r.subtype, AnyJSON):
		s = 6
	default:
		return 0
	}
	if r.more && r.q == 0 {
		return 0 // refuses a variant that is not ours
	}
	if r.more {
		s--
	}
	return s
}

// weight reads q from the parameters of an item of Accept or Accept-Encoding; what is malformed counts as absent.
// more reports that there are others.
func weight(params string) (q int, more bool) {
	q = maxQ
	for params != "" {
		var p string
		p, params = cutUnquoted(params, ';')
		name, value, _ := strings.Cut(p, "=")
		name = strings.TrimSpace(name)
		if name != "q" && name != "Q" {
			more = more || name != ""
		} else if w, ok := parseQ(strings.TrimSpace(value)); ok {
			q = w
		}
	}
	return q, more
}

// parseQ reads a weight (RFC 9110 §12.4.2) in thousandths: it has at most three digits.
// strconv.ParseFloat would take more than weights, and allocate for what it refuses.
func parseQ(s string) (q int, ok bool) {
	whole, decimals, _ := strings.Cut(s, ".")
	switch {
	case whole == "1":
		q = maxQ
	case whole != "0" && (whole != "" || decimals == ""):
		return 0, false
	}
	for i, worth := 0, maxQ/10; i < len(decimals); i, worth = i+1, worth/10 {
		digit := decimals[i] - '0'
		if digit > 9 {
			return 0, false
		}
		q += int(digit) * worth
	}
	if q == 0 && strings.Trim(decimals, "0") != "" {
		q = 1 // below a thousandth, but no refusal
	}
	return q, q <= maxQ
}

// hasSuffixFold is strings.HasSuffix without regard to capitals.
func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
