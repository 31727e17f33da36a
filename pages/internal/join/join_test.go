package join

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"html"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
)

var (
	escapes = NewEscapes(html.EscapeString, strings.NewReplacer("[", "%5B", " ", "%20").Replace)
	borders = regexp.MustCompile(`<hr>`)
)

func cutStore(maxTemplates, maxBytes int) *Store[string] {
	return NewStore[string](maxTemplates, maxBytes, escapes, borders)
}

// made is the template of a page, from a store of its own.
func made(t testing.TB, page string) *Template {
	t.Helper()
	return cutStore(10, 1<<20).Make("", func() (string, string, error) { return page, "", nil })
}

// joined writes a page with the values, and decodes it.
func joined(t testing.TB, tmpl *Template, zip bool, values ...string) string {
	t.Helper()
	j := tmpl.Join([]byte("before"), zip)
	for j.Next() {
		j.Page = escapes.Append(j.Page, j.Hole.Way, values[j.Hole.Value])
	}
	page, ok := j.End()
	if !ok {
		t.Fatal("no page")
	}
	page = bytes.TrimPrefix(page, []byte("before"))
	if !zip {
		return string(page)
	}
	r, err := gzip.NewReader(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r) // checks length and CRC
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// TestJoin: each mark becomes its value, written as the mark was.
func TestJoin(t *testing.T) {
	mark, other := Mark(0), Mark(1)
	byWay := func(way uint8, text string) string { return string(escapes.Append(nil, way, text)) }
	for _, c := range []struct{ name, page, want string }{
		{"a value in a text", "<p>" + byWay(0, mark) + "</p>", "<p>a &lt; b</p>"},
		{"the same value in two ways", byWay(0, mark) + "|" + byWay(1, mark), "a &lt; b|a%20<%20b"},
		{"two values side by side", "x" + mark + other + "y", "xa &lt; b[]y"},
		{"a value at the beginning", mark + "y", "a &lt; by"},
		{"a value at the end", "x" + other, "x[]"},
		{"nothing but a value", mark, "a &lt; b"},
		{"no value", "<hr>constant<hr><hr>text", "<hr>constant<hr><hr>text"},
		{"nothing", "", ""},
		{"the signs without a name", "\ue000[ and \ue000%5B", "\ue000[ and \ue000%5B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tmpl := made(t, c.page)
			if tmpl == nil {
				t.Fatal("it is not cut")
			}
			for _, zip := range []bool{false, true} {
				if got := joined(t, tmpl, zip, "a < b", "[]"); got != c.want {
					t.Errorf("gzip %t: %q, want %q", zip, got, c.want)
				}
			}
		})
	}
}

// TestUncut: a page is not cut where a mark was written in a way that nobody knows.
func TestUncut(t *testing.T) {
	for name, page := range map[string]string{
		"the name alone":               "a" + markName + "a",
		"half of the signs":            "[" + markName + "a",
		"a name at the end":            markSigns + markName,
		"a value that there cannot be": markSigns + markName + "~",
		"a page that is too long":      strings.Repeat("a", MaxPage+1),
	} {
		if made(t, page) != nil {
			t.Errorf("%s is cut", name)
		}
	}
}

// TestLongValue: a value longer than a block is no page, rather than a broken one.
func TestLongValue(t *testing.T) {
	for size, want := range map[int]bool{maxStored: true, maxStored + 1: false} {
		j := made(t, "<p>"+Mark(0)).Join(nil, true)
		for j.Next() {
			j.Page = append(j.Page, make([]byte, size)...)
		}
		if _, ok := j.End(); ok != want {
			t.Errorf("%d bytes: %t, want %t", size, ok, want)
		}
	}
}

// TestShift holds sums of parts against those of whole texts.
func TestShift(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := make([]byte, r.IntN(300)), make([]byte, r.IntN(70000))
		for _, text := range [][]byte{a, b} {
			for i := range text {
				text[i] = byte(r.Uint32())
			}
		}
		s := shiftOf(len(b))
		if got, want := s.over(crc32.ChecksumIEEE(a))^crc32.ChecksumIEEE(b), crc32.ChecksumIEEE(append(a, b...)); got != want {
			t.Fatalf("%d and %d bytes: %08x, want %08x", len(a), len(b), got, want)
		}
	}
}

// consistent holds the books of a store against what it has.
func (st *Store[K]) consistent(t testing.TB) {
	t.Helper()
	st.mu.Lock()
	defer st.mu.Unlock()
	known := *st.known.Load()
	uses, bytes := map[*piece]int{}, 0
	for _, e := range known {
		bytes += e.weight()
		for _, p := range e.allPieces() {
			uses[p]++
		}
	}
	for p, n := range uses {
		bytes += p.weight()
		if p.uses != n || st.pieces[p.plain] != p {
			t.Errorf("a piece has %d uses, want %d: %.40q", p.uses, n, p.plain)
		}
	}
	if len(uses) != len(st.pieces) || len(known) != len(st.order) || bytes != st.bytes {
		t.Errorf("%d pieces, %d in the order, %d bytes; want %d, %d, %d", len(st.pieces), len(st.order), st.bytes, len(uses), len(known), bytes)
	}
}

// TestStoreIsBounded: keys that visitors make up drive each other out, and what is in use stays.
// Some of them have pages that cannot be cut.
func TestStoreIsBounded(t *testing.T) {
	for _, c := range []struct {
		name             string
		templates, bytes int
	}{{"by the number of templates", 40, 1 << 20}, {"by bytes", 1000, 64 << 10}} {
		t.Run(c.name, func(t *testing.T) {
			st := cutStore(c.templates, c.bytes)
			page := func(key string) func() (string, string, error) {
				return func() (string, string, error) {
					own := strings.Repeat("<i>"+key+"</i>", 20)
					if strings.HasSuffix(key, "7") {
						own += markName
					}
					return "<hr>shared by all<hr>" + own + Mark(0), "policy of " + key, nil
				}
			}
			usual := st.Make("usual", page("usual"))
			if usual == nil || usual.Policy != "policy of usual" {
				t.Fatal("no template")
			}
			for n := range 500 {
				key := fmt.Sprint(n)
				if st.Make(key, page(key)) == nil { // where there is hardly any room, a key must be asked for twice
					st.Make(key, page(key))
				}
				if (*st.known.Load())[key] == nil {
					t.Fatalf("%s is not known", key)
				}
				key = "usual"
				if still, _ := st.Get(&key); still != usual {
					t.Fatal("a template that is in use was thrown out")
				}
				if len(st.order) > c.templates || st.bytes > c.bytes {
					t.Fatalf("%d templates and %d bytes, want at most %d and %d", len(st.order), st.bytes, c.templates, c.bytes)
				}
			}
			st.consistent(t)
		})
	}
}

// TestStoreAtOnce is for the race detector: many readers and writers, one small store.
func TestStoreAtOnce(t *testing.T) {
	st := cutStore(8, 1<<20)
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 3))
			for range 500 {
				key := fmt.Sprint(r.IntN(20))
				tmpl, known := st.Get(&key)
				if !known {
					tmpl = st.Make(key, func() (string, string, error) { return "page " + key + Mark(0), "", nil })
				}
				if tmpl == nil {
					continue
				}
				if got := joined(t, tmpl, r.IntN(2) == 0, "!"); got != "page "+key+"!" {
					t.Errorf("%q for %s", got, key)
				}
			}
		})
	}
	group.Wait()
	st.consistent(t)
}
