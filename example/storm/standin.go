package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// standInName is the first argument that makes this program a stand-in.
const standInName = "stand-in"

// A standIn is a server that the gateway is compared with: a bare ReverseProxy whose
// ErrorHandler writes the bytes that ours does, head and page, or, without upstream, a handler
// that does nothing else.
type standIn struct {
	listen, upstream string
	responseTimeout  time.Duration
	page             page
}

// serveStandIn is this program as a stand-in, a process of its own.
func serveStandIn(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s standIn
	flags := flag.NewFlagSet(standInName, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "`address`")
	flags.StringVar(&s.upstream, "upstream", "", "`URL`")
	flags.DurationVar(&s.responseTimeout, "response-timeout", 0, "longest time until the answer begins")
	flags.IntVar(&s.page.status, "status", http.StatusBadGateway, "of the page")
	flags.StringVar(&s.page.contentType, "type", "", "of the page")
	flags.StringVar(&s.page.encoding, "encoding", "", "of the page")
	flags.StringVar(&s.page.file, "page", "", "`file`")
	s.page.fields = http.Header{}
	flags.Func("field", "`line` of the head, further ones too", func(line string) error {
		name, value, _ := strings.Cut(line, ": ")
		s.page.fields[name] = []string{value}
		return nil
	})
	err := flags.Parse(args)
	if err == nil {
		s.page.body, err = os.ReadFile(s.page.file)
	}
	if err == nil {
		err = s.serve(ctx, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	return 0
}

func (s *standIn) serve(ctx context.Context, stdout io.Writer) error {
	handler, err := s.handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	fmt.Fprintf(stdout, "listening on http://%s/\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handler has the same transport as the example, and none of the library.
func (s *standIn) handler() (http.Handler, error) {
	if s.upstream == "" {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { s.page.write(w) }), nil
	}
	target, err := url.Parse(s.upstream)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DialContext = (&net.Dialer{Timeout: 5 * time.Second}).DialContext
	transport.ResponseHeaderTimeout = s.responseTimeout
	return &httputil.ReverseProxy{
		Transport:    transport,
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target); r.SetXForwarded() },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { s.page.write(w) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}, nil
}

func (p *page) write(w http.ResponseWriter) {
	h := w.Header()
	maps.Copy(h, p.fields)
	h.Set("Content-Type", p.contentType)
	h.Set("Content-Length", strconv.Itoa(len(p.body)))
	if p.encoding != "" {
		h.Set("Content-Encoding", p.encoding)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body)
}
