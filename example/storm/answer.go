package main

import (
	"bytes"
	"net/http"
	"strings"
)

// wrong returns what is not right with a complete answer, or nothing.
func (r *request) wrong(res *http.Response, body []byte) string {
	switch {
	case res.StatusCode != r.passed && res.StatusCode != r.ours:
		return "status " + res.Status + " for " + r.path
	case res.StatusCode == r.passed:
		return ""
	case errorOf(res) != r.error:
		return "error " + errorOf(res) + " for " + r.path
	case !hasReference(body):
		return "no reference"
	case res.Header.Get("Content-Type") != r.contentType:
		return "another form than was asked for"
	case res.Header.Get("Content-Language") != r.language:
		return "another language than was asked for"
	}
	return ""
}

// errorOf returns the error that the gateway named in Proxy-Status (RFC 9209).
func errorOf(res *http.Response) string {
	_, rest, _ := strings.Cut(res.Header.Get("Proxy-Status"), "error=")
	name, _, _ := strings.Cut(rest, ";")
	return name
}

// hasReference looks for a reference such as 7KQ2-M9XD. Pages are long: a regular
// expression would cost about as much as making them.
func hasReference(body []byte) bool {
	for at := 0; ; at++ {
		dash := bytes.IndexByte(body[at:], '-')
		if dash < 0 {
			return false
		}
		at += dash
		if at >= 4 && at+5 <= len(body) && isGroup(body[at-4:at]) && isGroup(body[at+1:at+5]) {
			return true
		}
	}
}

func isGroup(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
