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
	mw     *middleware.Middleware // of what is no failure
	opts   options
	access io.Writer

	mu        sync.Mutex
	upstreams map[string]*exhibit
}

// An exhibit is one case with its broken upstream and a gateway of its own in front of it:
// one that had all of them behind it would find out that nothing there can be reached.
type exhibit struct {
	upstream  *upstreamtest.Upstream
	transport *http.Transport
	handler   http.Handler
	endpoints http.Handler
}

func newGallery(opts options, access io.Writer) (*gallery, error) {
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
	return &gallery{mw: mw, opts: opts, access: access, upstreams: map[string]*exhibit{}}, nil
}

func (g *gallery) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", g.around(http.HandlerFunc(g.index), g.mw))
	mux.HandleFunc("/failure/{name}", g.failure)
	mux.HandleFunc("/failure/{name}/_fiveohtwo/", g.endpoints)
	mux.Handle("/_fiveohtwo/", g.around(g.mw.Endpoints(), g.mw))
	return mux
}

func (g *gallery) around(handler http.Handler, mw *middleware.Middleware) http.Handler {
	return around(handler, mw, g.opts, g.access)
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
	config := g.opts.config
	if c.ResponseTimeout != 0 || c.StallTimeout != 0 { // the gateway's own limits are part of the case
		config.ResponseTimeout, config.StallTimeout = c.ResponseTimeout, c.StallTimeout
	}
	config.Endpoints = "/failure/" + c.Name + "/_fiveohtwo/" // where its own memory is asked
	mw, err := middleware.New(config)
	if err != nil {
		return nil, err
	}
	upstream, err := upstreamtest.Start(c.Name)
	if err != nil {
		return nil, err
	}
	transport := upstream.Transport()
	e := &exhibit{upstream, transport, g.around(mw.Proxy(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(upstream.URL) },
		ErrorLog:  log.New(io.Discard, "", 0),
	}), mw), mw.Endpoints()}
	g.upstreams[c.Name] = e
	return e, nil
}

// endpoints answers for the gateway of an exhibit: only that has its memory.
func (g *gallery) endpoints(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	e := g.upstreams[r.PathValue("name")]
	g.mu.Unlock()
	if e == nil {
		http.NotFound(w, r)
		return
	}
	e.endpoints.ServeHTTP(w, r)
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
