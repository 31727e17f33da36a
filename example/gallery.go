package main

import (
	"html/template"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"sync"

	_ "embed"

	"github.com/fiveohtwo/fiveohtwo/middleware"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

// A gallery shows every failure. Each is a real exchange with an upstream that really
// fails; it is started when somebody first looks.
type gallery struct {
	mw   *middleware.Middleware
	opts options

	mu        sync.Mutex
	upstreams map[string]*exhibit
}

// An exhibit is one case with its broken upstream and the proxy in front of it.
type exhibit struct {
	upstream  *upstreamtest.Upstream
	transport *http.Transport
	handler   http.Handler
}

func newGallery(opts options) (*gallery, error) {
	if opts.config.Brand.Site == "" {
		opts.config.Brand.Site = "Example Shop"
	}
	if opts.config.Brand.Contact.Email == "" {
		opts.config.Brand.Contact.Email = "help@example.com"
	}
	mw, err := middleware.New(opts.config)
	if err != nil {
		return nil, err
	}
	return &gallery{mw: mw, opts: opts, upstreams: map[string]*exhibit{}}, nil
}

func (g *gallery) handler(access io.Writer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", g.index)
	mux.HandleFunc("/failure/{name}", g.failure)
	mux.Handle("/_fiveohtwo/", g.mw.Endpoints())
	return around(mux, g.mw, g.opts, access)
}

// failure makes the failure happen.
func (g *gallery) failure(w http.ResponseWriter, r *http.Request) {
	for _, c := range upstreamtest.Cases() {
		if c.Name != r.PathValue("name") || !c.Shown() {
			continue
		}
		e, err := g.exhibit(c)
		if err != nil {
			http.Error(w, "This failure could not be set up.", http.StatusInternalServerError)
			log.Print(err)
			return
		}
		r = c.Inbound(r)
		if c.MaxBody > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, c.MaxBody)
		}
		e.handler.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

// exhibit starts the upstream of a case once.
func (g *gallery) exhibit(c upstreamtest.Case) (*exhibit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e := g.upstreams[c.Name]; e != nil {
		return e, nil
	}
	mw := g.mw
	if c.ResponseTimeout != 0 || c.StallTimeout != 0 { // the gateway's own limits are part of the case
		config := g.opts.config
		config.ResponseTimeout, config.StallTimeout = c.ResponseTimeout, c.StallTimeout
		var err error
		if mw, err = middleware.New(config); err != nil {
			return nil, err
		}
	}
	upstream, err := upstreamtest.Start(c.Name)
	if err != nil {
		return nil, err
	}
	transport := upstream.Transport()
	e := &exhibit{upstream, transport, mw.Proxy(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(upstream.URL) },
		ErrorLog:  log.New(io.Discard, "", 0),
	})}
	g.upstreams[c.Name] = e
	return e, nil
}

func (g *gallery) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.upstreams {
		e.transport.CloseIdleConnections()
		e.upstream.Close()
	}
}

//go:embed gallery.html
var galleryHTML string

var galleryPage = template.Must(template.New("gallery").Parse(galleryHTML))

func (g *gallery) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := galleryPage.Execute(w, upstreamtest.Cases()); err != nil {
		log.Print(err)
	}
}
