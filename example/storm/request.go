package main

import "fmt"

// accepts are the forms of answers that can be asked for.
var accepts = map[string]struct{ accept, contentType string }{
	"html": {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"},
	"json": {"application/json", "application/json"},
	"text": {"*/*", "text/plain; charset=utf-8"},
}

// A request is what is sent, and what must come back.
type request struct {
	keep, last []byte // in a connection that goes on, and in one that ends with it
	behaviour
	contentType, language string // of an answer of the gateway's own
}

// requestsOf returns every combination of behaviour, form and language. Behaviours
// change fastest, so that a few requests in a row meet all of them.
func requestsOf(o options, host string) (all []request) {
	for _, language := range o.languages {
		for _, form := range o.forms {
			for _, b := range upstreams[o.upstream] {
				head := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: storm\r\nAccept: %s\r\nAccept-Language: %s\r\n",
					b.path, host, accepts[form].accept, language)
				all = append(all, request{
					keep: []byte(head + "\r\n"), last: []byte(head + "Connection: close\r\n\r\n"),
					behaviour: b, contentType: accepts[form].contentType, language: language,
				})
			}
		}
	}
	return all
}
