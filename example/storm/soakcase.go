package main

import (
	"fmt"
	"net/http"
)

// A soakCase is a request of a soak, and what must come back.
type soakCase struct {
	name           string
	dead           bool // to the gateway in front of the dead upstream
	method, path   string
	body           int64 // bytes to send
	form, language string

	status int
	error  string // of the page, as the gateway names it; empty with size >= 0: no page
	page   bool   // the gateway's own
	text   string // the upstream's own answer, where it is short
	size   int64  // of the patterned body, where it is not
	sum    uint32

	broken bool  // the answer must break off visibly
	leaves int64 // the visitor leaves after so many bytes of the body; -1: before the answer; 0: stays
	half   bool  // the visitor leaves in the middle of sending
}

// soakCases returns all of them, in each form and language where that makes a difference.
func soakCases(o options) []soakCase {
	stream, cutPart := checksum(streamSize), checksum(cutAfter)
	same := []soakCase{
		{name: "fine", path: "/fine", status: 200, text: fineBody},
		{name: "slow", path: "/slow", status: 200, text: fineBody},
		{name: "stream of 5 MB", path: "/stream", status: 200, size: streamSize, sum: stream},
		{name: "hangs up late", path: "/cut-late", status: 200, size: cutAfter, sum: cutPart, broken: true},
		{name: "leaves before the answer", path: "/slow", leaves: -1},
		{name: "leaves in the stream", path: "/stream", status: 200, leaves: 100 << 10},
		{name: "leaves while it sends", method: http.MethodPost, path: "/echo", body: 200 << 10, half: true},
	}
	for _, size := range []int64{0, 1 << 10, 100 << 10, 1 << 20} {
		same = append(same, soakCase{name: fmt.Sprintf("POST of %d KB", size>>10), method: http.MethodPost, path: "/echo",
			body: size, status: 200, text: echoOf(size, checksum(size))})
	}
	failures := []soakCase{
		{name: "dead", dead: true, path: "/dead", status: 502, error: "connection_refused", page: true},
		{name: "POST to the dead", dead: true, method: http.MethodPost, path: "/dead", body: 50 << 10, status: 502, error: "connection_refused", page: true},
		{name: "hangs up early", path: "/cut", status: 502, error: "http_response_incomplete", page: true},
		{name: "garbage", path: "/garbage", status: 502, error: "http_protocol_error", page: true},
		{name: "late", path: "/late", status: 504, error: "http_response_timeout", page: true},
		{name: "empty 503", path: "/empty", status: 503, page: true},
	}
	var all []soakCase
	for _, language := range o.languages {
		for _, form := range o.forms {
			for i := range max(len(same), len(failures)) { // mixed, not one kind after the other
				for _, list := range [][]soakCase{same, failures} {
					c := list[i%len(list)]
					c.form, c.language = form, language
					if c.name == "empty 503" && form == "text" { // who takes anything gets it as it was sent
						c.page = false
					}
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// head is the head of the request.
func (c *soakCase) head(host string) []byte {
	method, length := http.MethodGet, ""
	if c.method != "" {
		method, length = c.method, fmt.Sprintf("Content-Type: text/plain\r\nContent-Length: %d\r\n", c.body)
	}
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: storm\r\nAccept: %s\r\nAccept-Language: %s\r\n%s\r\n",
		method, c.path, host, accepts[c.form].accept, c.language, length)
}
