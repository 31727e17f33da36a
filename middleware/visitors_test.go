package middleware_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A visitor is a kind of client, as its header fields show it.
type visitor struct {
	name   string
	fields string // "Name: value|Name: value"
	upload string // Content-Type of what it sends, where fields do not tell
	form   answerForm
	http1  bool // it only speaks HTTP/1.1
	http10 bool // it is asked in HTTP/1.0 too
}

// An answerForm is the form that is right for a visitor.
type answerForm struct{ name, contentType string }

var (
	asPage     = answerForm{"page", "text/html; charset=utf-8"}
	asFrame    = answerForm{"frame", "text/html; charset=utf-8"}
	asProblem  = answerForm{"problem", "application/problem+json"}
	asJSON     = answerForm{"JSON", "application/json"}
	asText     = answerForm{"text", "text/plain; charset=utf-8"}
	asMarkdown = answerForm{"markdown", "text/markdown; charset=utf-8"}
	asNumber   = answerForm{"number", "text/plain; charset=utf-8"}
	asGRPC     = answerForm{"gRPC", "application/grpc+proto"}
	asGRPCWeb  = answerForm{"gRPC", "application/grpc-web+proto"}
	asWebText  = answerForm{"gRPC", "application/grpc-web-text"}
	asEmpty    = answerForm{"empty", ""}
)

const (
	pageAccept  = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	imageAccept = "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	formUpload  = "application/x-www-form-urlencoded"
	jsonUpload  = "application/json"
)

var visitors = []visitor{
	{name: "browser, navigating", fields: pageAccept + "|Accept-Language: en-GB,en;q=0.9|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document", upload: formUpload, form: asPage},
	{name: "browser, plain http", fields: pageAccept + "|Accept-Language: de-AT,de;q=0.9", upload: formUpload, form: asPage, http10: true},
	{name: "iframe", fields: pageAccept + "|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: iframe", upload: formUpload, form: asFrame},
	{name: "object", fields: "Accept: */*|Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: object", upload: formUpload, form: asFrame},
	{name: "fetch", fields: "Accept: */*|Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", upload: "text/plain", form: asProblem},
	{name: "XHR with JSON", fields: "Accept: application/json, text/plain, */*|Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty|X-Requested-With: XMLHttpRequest", upload: jsonUpload, form: asJSON},
	{name: "API client, JSON", fields: "Accept: application/json", upload: jsonUpload, form: asJSON, http10: true},
	{name: "API client, RFC 9457", fields: "Accept: application/problem+json", upload: jsonUpload, form: asProblem},
	{name: "API client, JSON:API", fields: "Accept: application/vnd.api+json", upload: "application/vnd.api+json", form: asProblem},
	{name: "curl", fields: "Accept: */*|User-Agent: curl/8.5.0", upload: formUpload, form: asText, http10: true},
	{name: "no Accept", upload: "application/octet-stream", form: asText, http10: true},
	{name: "language model", fields: "Accept: text/markdown, text/html;q=0.9, */*;q=0.8", upload: formUpload, form: asMarkdown},
	{name: "img", fields: imageAccept + "|Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: image", form: asNumber},
	{name: "script", fields: "Accept: */*|Sec-Fetch-Mode: no-cors|Sec-Fetch-Dest: script", form: asNumber},
	{name: "prefetch", fields: pageAccept + "|Sec-Fetch-Mode: navigate|Sec-Fetch-Dest: document|Sec-Purpose: prefetch", form: asNumber},
	{name: "WebSocket", fields: "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", form: asNumber, http1: true},
	{name: "gRPC", fields: "Content-Type: application/grpc+proto|Te: trailers", form: asGRPC},
	{name: "gRPC-Web", fields: "Accept: */*|Content-Type: application/grpc-web+proto|X-Grpc-Web: 1|Sec-Fetch-Mode: cors|Sec-Fetch-Dest: empty", form: asGRPCWeb},
	{name: "gRPC-Web, text", fields: "Accept: application/grpc-web-text|Content-Type: application/grpc-web-text|X-Grpc-Web: 1", form: asWebText},
	{name: "Connect", fields: "Accept: */*|Content-Type: application/json|Connect-Protocol-Version: 1", form: asEmpty},
	{name: "Connect, stream", fields: "Accept: */*|Content-Type: application/connect+proto|Connect-Protocol-Version: 1", form: asEmpty},
	{name: "proto", fields: "Accept: application/x-protobuf|Content-Type: application/x-protobuf", form: asEmpty, http10: true},
}

// An asker sends a request and reads the answer whole.
type asker func(method, body string, fields []string) reply

// A protocol is a way to ask.
type protocol struct {
	name    string
	connect func(*testing.T, http.Handler) asker
}

const (
	http10 = "HTTP/1.0"
	http11 = "HTTP/1.1"
	http2  = "HTTP/2"
)

var protocols = []protocol{
	{http11, func(t *testing.T, h http.Handler) asker {
		s := serve(t, h)
		return client(t, s.URL, &http.Transport{DisableCompression: true})
	}},
	{http2, func(t *testing.T, h http.Handler) asker {
		s := serveHTTP2(t, h)
		return client(t, s.URL, s.Client().Transport)
	}},
	{http10, func(t *testing.T, h http.Handler) asker { return clientHTTP10(serve(t, h).URL) }},
}

// leavesOut says in a word that a visitor is not asked over the protocol.
func (p protocol) leavesOut(v visitor) string {
	switch {
	case p.name == http2 && v.http1:
		return "n/a" // its handshake in HTTP/2 is another (RFC 8441)
	case p.name == http10 && !v.http10:
		return "-"
	}
	return ""
}

// serveHTTP2 is serve with TLS, for clients that speak HTTP/2.
func serveHTTP2(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = discardLog
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	s.Client().Transport.(*http.Transport).DisableCompression = true
	return s
}

// client asks over connections that are kept.
func client(t *testing.T, address string, rt http.RoundTripper) asker {
	t.Cleanup(func() { rt.(*http.Transport).CloseIdleConnections() })
	return func(method, body string, fields []string) reply {
		req, err := http.NewRequestWithContext(t.Context(), method, address+"/cart", strings.NewReader(body))
		if err != nil {
			return reply{err: err}
		}
		for _, f := range fields {
			name, value, _ := strings.Cut(f, ": ")
			req.Header.Add(name, value)
		}
		return readWhole(rt.RoundTrip(req))
	}
}

func readWhole(res *http.Response, err error) reply {
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	if res.Close && res.ProtoMajor == 1 {
		res.Header.Set("Connection", "close") // net/http took it out
	}
	data, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, res.Trailer, string(data), err}
}

// clientHTTP10 asks as HTTP/1.0 does it: one connection for each request.
func clientHTTP10(address string) asker {
	host := strings.TrimPrefix(address, "http://")
	return func(method, body string, fields []string) reply {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			return reply{err: err}
		}
		defer conn.Close()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		fields = append([]string{method + " /cart HTTP/1.0", "Host: " + host}, fields...)
		if body != "" {
			fields = append(fields, fmt.Sprint("Content-Length: ", len(body)))
		}
		if _, err := io.WriteString(conn, strings.Join(fields, "\r\n")+"\r\n\r\n"+body); err != nil {
			return reply{err: err}
		}
		res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
		if err == nil && len(res.TransferEncoding) > 0 {
			return reply{err: errors.New("HTTP/1.0 has no transfer codings")}
		}
		return readWhole(res, err)
	}
}
