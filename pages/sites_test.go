package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fiveohtwo/fiveohtwo/pages/internal/join"
)

func compile(t testing.TB, b Brand) *Site {
	t.Helper()
	s, err := Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func html(t testing.TB, b Brand, v View) string {
	t.Helper()
	body, err := compile(t, b).HTML(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// gunzip decodes a page, which must be one member with nothing behind it.
func gunzip(page []byte) ([]byte, error) {
	rest := bytes.NewReader(page)
	r, err := gzip.NewReader(rest)
	if err != nil {
		return nil, err
	}
	r.Multistream(false)
	plain, err := io.ReadAll(r)
	if err == nil && rest.Len() > 0 {
		err = errors.New("something follows")
	}
	return plain, err
}

func unpacked(t testing.TB, page []byte) []byte {
	t.Helper()
	plain, err := gunzip(page)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// appendPrepared appends a page that is joined of pieces, if there is one.
func appendPrepared(s *Site, dst []byte, view *View, gzip bool) (page []byte, policy string, ok bool) {
	v := *view
	return s.join(dst, &v, gzip)
}

// samePrepared compares what is prepared with what is rendered.
func samePrepared(t testing.TB, s *Site, v View) {
	t.Helper()
	want, err := s.HTML(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	appendPrepared(s, nil, &v, false) // by somebody before, in case that the store is full
	for _, form := range []struct {
		name   string
		gzip   bool
		decode func(testing.TB, []byte) []byte
	}{{"plain", false, func(_ testing.TB, b []byte) []byte { return b }}, {"gzip", true, unpacked}} {
		page, policy, ok := appendPrepared(s, []byte("before"), &v, form.gzip)
		if !ok {
			t.Fatalf("%s: %s is not prepared", label(v), form.name)
		}
		got := form.decode(t, bytes.TrimPrefix(page, []byte("before")))
		if !bytes.Equal(got, want) {
			t.Fatalf("%s: %s differs from the page that is rendered:\n%s", label(v), form.name, firstDifference(string(got), string(want)))
		}
		if policy != s.CSP(v) {
			t.Errorf("%s: policy %s, want %s", label(v), policy, s.CSP(v))
		}
	}
}

// testSites counts the sites, so that each has an id of its own in any store.
var testSites atomic.Int64

// storing gives a site with that store.
func storing(t testing.TB, b Brand, st *join.Store[variant]) *Site {
	s := compile(t, b)
	s.id, s.prepared = testSites.Add(1), st
	return s
}

// preparing gives one with a store of its own.
func preparing(t testing.TB, b Brand) *Site { return storing(t, b, newStore(maxVariants, maxPrepared)) }

func gzipped(t testing.TB, page string) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, 6)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(page)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// hashes are the source expressions for the elements of that name, sorted.
func hashes(root *node, name string) (list []string) {
	for _, n := range root.all(name) {
		sum := sha256.Sum256([]byte(n.kids[0].text))
		list = append(list, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	slices.Sort(list)
	return list
}

func directives(policy string) map[string][]string {
	all := map[string][]string{}
	for directive := range strings.SplitSeq(policy, ";") {
		words := strings.Fields(directive)
		all[words[0]] = words[1:]
	}
	slices.Sort(all["style-src"])
	return all
}

// oneTag is a line, or what stands up to the end of a tag: pages have no line breaks.
var oneTag = regexp.MustCompile(`(?s)[^>\n]*[>\n]?`)

// firstDifference shows the first such part that differs, and the one before.
func firstDifference(got, want string) string {
	g, w := oneTag.FindAllString(got, -1), oneTag.FindAllString(want, -1)
	at := func(pieces []string, i int) string {
		if i < 0 || i >= len(pieces) {
			return ""
		}
		return pieces[i]
	}
	i := 0
	for i < len(g) && at(g, i) == at(w, i) {
		i++
	}
	return "after " + at(w, i-2) + at(w, i-1) + "\n got " + at(g, i) + at(g, i+1) + "\nwant " + at(w, i) + at(w, i+1)
}
