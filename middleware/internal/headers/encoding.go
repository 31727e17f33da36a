package headers

import "strings"

// maxAcceptEncoding is how long an Accept-Encoding field may be that is looked at.
const maxAcceptEncoding = 512

// AcceptsGzip reports that of an Accept-Encoding field gzip is a content coding that a client takes, and that it would
// not rather have none (RFC 9110 §12.5.3). One that says nothing gets the page as it is.
func AcceptsGzip(field string) bool {
	if len(field) > maxAcceptEncoding {
		return false
	}
	gzip, other, identity := -1, -1, -1
	for field != "" {
		var part string
		part, field, _ = strings.Cut(field, ",")
		coding, params, _ := strings.Cut(part, ";")
		q, _ := weight(params)
		switch coding = strings.TrimSpace(coding); {
		case strings.EqualFold(coding, "gzip"), strings.EqualFold(coding, "x-gzip"):
			gzip = max(gzip, q)
		case strings.EqualFold(coding, "identity"):
			identity = q
		case coding == "*":
			other = q
		}
	}
	if gzip < 0 {
		gzip = other
	}
	return gzip > 0 && gzip >= identity
}
