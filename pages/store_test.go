package pages

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

// testSites counts the sites, so that each has an id of its own in any store.
var testSites atomic.Int64

// storing gives a site with that store.
func storing(t testing.TB, b Brand, st *store) *Site {
	s := compile(t, b)
	s.id, s.prepared = int(testSites.Add(1)), st
	return s
}

// preparing gives one with a store of its own.
func preparing(t testing.TB, b Brand) *Site { return storing(t, b, newStore(maxVariants, maxPrepared)) }

// madeUp is a variant that no other visitor has.
func madeUp(r *rand.Rand) View {
	v := waiting(seen(diagnosis.ConnectionRefused, diagnosis.StepDial, []string{"GET", "POST"}[r.IntN(2)]))
	languages := catalogue().Languages()
	v.Language, v.Diagnosis.Status, v.Secure = languages[r.IntN(len(languages))], 500+r.IntN(100), r.IntN(2) == 0
	v = browsing(v, []string{"Edg/", "OPR/", "Firefox/ Android", "Chrome/", "Safari/ iPhone", ""}[r.IntN(6)])
	for range 6 {
		l := languages[r.IntN(len(languages))]
		v.Languages = append(v.Languages, Link{l, fmt.Sprintf("/problem?lang=%s&n=%d", l.Tag, r.IntN(1e6))})
	}
	return v
}

// consistent holds the books of a store against what it has.
func (st *store) consistent(t testing.TB) {
	t.Helper()
	st.mu.Lock()
	defer st.mu.Unlock()
	variants := *st.variants.Load()
	uses, bytes := map[*piece]int{}, 0
	for _, k := range variants {
		bytes += k.weight()
		for _, p := range k.pieces {
			uses[p]++
		}
	}
	for p, n := range uses {
		bytes += p.weight()
		if p.uses != n || st.pieces[p.plain] != p {
			t.Errorf("a piece has %d uses, want %d: %.40q", p.uses, n, p.plain)
		}
	}
	if len(uses) != len(st.pieces) || len(variants) != len(st.order) || bytes != st.bytes {
		t.Errorf("%d pieces, %d in the order, %d bytes; want %d, %d, %d", len(st.pieces), len(st.order), st.bytes, len(uses), len(variants), bytes)
	}
}

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestStoreIsBounded: whatever visitors make up, it costs no more memory than is said.
func TestStoreIsBounded(t *testing.T) {
	for _, c := range []struct {
		name            string
		variants, bytes int
	}{{"by the number of variants", 40, maxPrepared}, {"by bytes", maxVariants, 512 << 10}} {
		t.Run(c.name, func(t *testing.T) {
			st := newStore(c.variants, c.bytes)
			site := storing(t, shop, st)
			r := rand.New(rand.NewPCG(1, 2))
			usual := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
			usual.Language = lang(t, "en")
			samePrepared(t, site, usual)
			k := site.variant(&usual, shop.Site)
			kept := st.get(&k)
			before := heap()
			refused := 0
			for range 120 {
				v := madeUp(r)
				if _, _, ok := site.AppendPrepared(nil, &v, true); !ok {
					refused++
				}
				if _, _, ok := site.AppendPrepared(nil, &v, true); !ok {
					t.Fatal("not prepared for the second visitor")
				}
				if _, _, ok := site.AppendPrepared(nil, &usual, true); !ok {
					t.Fatal("not prepared")
				}
				if len(st.order) > c.variants || st.bytes > c.bytes {
					t.Fatalf("%d variants and %d bytes, want at most %d and %d", len(st.order), st.bytes, c.variants, c.bytes)
				}
			}
			st.consistent(t)
			if st.get(&k) != kept {
				t.Error("a variant that is in use was thrown out")
			}
			grown := heap() - before
			if refused == 0 || refused > 110 {
				t.Errorf("%d of 120 were not prepared for the first visitor, want those after the store was full", refused)
			}
			t.Logf("after 120 made-up variants: %d kept, %d pieces, %d bytes by the books, heap grown by %d", len(st.order), len(st.pieces), st.bytes, grown)
			if grown > c.bytes*3/2 {
				t.Errorf("the heap has grown by %d bytes, want about %d", grown, st.bytes)
			}
			runtime.KeepAlive(site)
		})
	}
}

// TestStoreWeight prints what usual pages take of memory.
func TestStoreWeight(t *testing.T) {
	st := newStore(maxVariants, maxPrepared)
	var sites []*Site
	visit := func(b Brand, tags ...string) {
		site := storing(t, b, st)
		sites = append(sites, site)
		variants, bytes := len(st.order), st.bytes
		for _, tag := range tags {
			for _, s := range samples() {
				v := s.in(lang(t, tag))
				if v.StatusOnly || v.Explained {
					continue
				}
				samePrepared(t, site, waiting(v))
			}
		}
		t.Logf("%-14s in %d languages: %4d variants, %7d bytes more", b.Site, len(tags), len(st.order)-variants, st.bytes-bytes)
	}
	visit(shop, "en")
	visit(shop, "de", "fr", "ar", "ta")
	other := shop
	other.Site, other.Accent = "Example Office", "#803030"
	visit(other, "en")
	st.consistent(t)
	runtime.KeepAlive(sites)
}

// TestShare: sites that share keep pieces once, and tell each other's pages apart.
func TestShare(t *testing.T) {
	other := shop
	other.Site = "Example Office"
	one, two, alone := compile(t, shop), compile(t, other), compile(t, shop)
	Share(one, two)
	v := failed(anyDiagnosis, "GET")
	for _, site := range []*Site{one, two, alone} {
		samePrepared(t, site, v)
	}
	if one.prepared != two.prepared || one.prepared == alone.prepared {
		t.Error("they do not share as they were told to")
	}
	one.prepared.consistent(t)
	if n := len(one.prepared.order); n != 2 {
		t.Errorf("%d variants, want 2", n)
	}
	if both, single := len(one.prepared.pieces), len(alone.prepared.pieces); both >= 2*single {
		t.Errorf("%d pieces for two sites, %d for one: none is shared", both, single)
	}
}

// TestPreparedAtOnce: many visitors, a small store, and languages that come and go.
func TestPreparedAtOnce(t *testing.T) {
	st := newStore(20, 1<<20)
	site := storing(t, shop, st)
	usual := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, http.MethodGet)
	usual.Reference = "R"
	site.AppendPrepared(nil, &usual, true)
	var group sync.WaitGroup
	var prepared [8]int
	for n := range prepared {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		group.Go(func() {
			var buf []byte
			for i := range 60 {
				v := madeUp(r)
				if i%3 > 0 {
					v = usual
				}
				v.Reference, v.Time = strings.Repeat("R", n+1), friday.Add(time.Duration(i)*time.Minute)
				want, failed := site.HTML(t.Context(), v)
				page, _, ok := site.AppendPrepared(buf[:0], &v, i%2 == 0)
				if !ok {
					continue
				}
				prepared[n]++
				buf = page
				var err error
				if i%2 == 0 {
					page, err = gunzip(page)
				}
				if failed != nil || err != nil || string(page) != string(want) {
					t.Errorf("%v, %v, or a page differs: %s", failed, err, firstDifference(string(page), string(want)))
				}
			}
		})
	}
	group.Wait()
	st.consistent(t)
	t.Logf("pages that were prepared, of 60: %d", prepared)
}
