package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// maxPage bounds an answer: pages are far smaller.
const maxPage = 1 << 20

// A page is the answer that all contestants give: what our gateway sent once.
type page struct {
	status                int
	contentType, encoding string
	body                  []byte
	file                  string      // holds body
	fields                http.Header // the others, which stand-ins send too
}

// takePage asks our gateway for the page, and keeps it in dir. Its name ends as servers
// that look for compressed files want it.
func takePage(ctx context.Context, address, encoding, dir string) (*page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+comparedPath, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accepts["html"].accept)
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("Accept-Encoding", encoding)
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking for the page: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("reading the page: %w", err)
	}
	p := &page{res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Content-Encoding"), body, filepath.Join(dir, "page.html"), res.Header}
	for _, name := range []string{"Connection", "Content-Encoding", "Content-Length", "Content-Type", "Date"} {
		p.fields.Del(name)
	}
	if p.encoding == "" && encoding == "gzip" {
		return nil, fmt.Errorf("the gateway does not compress its pages: compare with -encoding identity")
	}
	if p.encoding != "" {
		p.file += ".gz"
	}
	if what := p.wrongBody(body); what != "" || p.status < 500 {
		return nil, fmt.Errorf("the gateway sent no page but status %d: %s", p.status, what)
	}
	return p, os.WriteFile(p.file, body, 0o644)
}

// head has the fields of the page that all contestants send.
func (p *page) head() string {
	head := fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", p.contentType, len(p.body))
	if p.encoding != "" {
		head += "Content-Encoding: " + p.encoding + "\r\n"
	}
	return head
}

// message is the page as it goes over the wire.
func (p *page) message() []byte {
	return append(fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n%s\r\n", p.status, http.StatusText(p.status), p.head()), p.body...)
}

// wrongBody tells what is wrong with a body that our gateway made: a whole page, with a
// reference, and not the same each time.
func (p *page) wrongBody(body []byte) string {
	if p.encoding == "gzip" {
		unzip, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return "no gzip: " + err.Error()
		}
		if body, err = io.ReadAll(io.LimitReader(unzip, maxPage)); err != nil {
			return "broken gzip: " + err.Error()
		}
	}
	switch {
	case !bytes.HasPrefix(body, []byte("<!doctype html>")):
		return "the beginning of the page is missing"
	case !bytes.HasSuffix(bytes.TrimSpace(body), []byte("</html>")):
		return "the end of the page is missing"
	case !hasReference(body):
		return "no reference"
	}
	return ""
}
