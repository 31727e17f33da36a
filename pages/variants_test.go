package pages

import (
	"math/rand/v2"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
)

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestPreparedIsBounded: whatever visitors make up, it costs no more memory than is said, and
// pages that others ask for stay prepared.
func TestPreparedIsBounded(t *testing.T) {
	for _, c := range []struct {
		name            string
		variants, bytes int
	}{{"by the number of variants", 40, maxPrepared}, {"by bytes", maxVariants, 512 << 10}} {
		t.Run(c.name, func(t *testing.T) {
			st := newStore(c.variants, c.bytes)
			site := storing(t, shop, st)
			r := rand.New(rand.NewPCG(1, 2))
			usual := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET")
			samePrepared(t, site, usual)
			k := site.variant(&usual, shop.Site)
			kept, _ := st.Get(&k)
			before := heap()
			refused := 0
			for range 120 {
				v := madeUp(r)
				if _, _, ok := appendPrepared(site, nil, &v, true); !ok {
					refused++
				}
				if _, _, ok := appendPrepared(site, nil, &v, true); !ok {
					t.Fatal("not prepared for the second visitor")
				}
				if _, _, ok := appendPrepared(site, nil, &usual, true); !ok {
					t.Fatal("not prepared")
				}
			}
			if still, _ := st.Get(&k); still != kept || kept == nil {
				t.Error("a variant that is in use was thrown out")
			}
			if refused == 0 || refused > 110 {
				t.Errorf("%d of 120 were not prepared for the first visitor, want those after the store was full", refused)
			}
			if grown := heap() - before; grown > c.bytes*3/2 {
				t.Errorf("the heap has grown by %d bytes, want at most about %d", grown, c.bytes)
			}
			runtime.KeepAlive(site)
		})
	}
}

// TestSitesShare: sites of one gateway keep together what they prepare, and tell each other's
// pages apart.
func TestSitesShare(t *testing.T) {
	gateway, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	other := shop
	other.Site = "Example Office"
	alone := compile(t, shop)
	var sites []*Site
	for _, b := range []Brand{shop, other} {
		s, err := gateway.Site(b)
		if err != nil {
			t.Fatal(err)
		}
		sites = append(sites, s)
	}
	v := failed(anyDiagnosis, "GET")
	for range 2 {
		for _, site := range append(sites, alone) {
			samePrepared(t, site, v)
		}
	}
	if sites[0].prepared != sites[1].prepared || sites[0].prepared == alone.prepared {
		t.Error("they do not share as they were told to")
	}
}

// TestVariantForgetsNothing: two views that differ in one field have one variant only if their
// pages differ in nothing but what is written into them.
func TestVariantForgetsNothing(t *testing.T) {
	base := switchable(waiting(seen(diagnosis.ConnectionRefused, diagnosis.StepDial, "GET"), "https://www.example.net/alive"))
	base.Trace, base.Verdict.Since, base.Diagnosis.Limit, base.Diagnosis.RetryAfter = "4bf92f3577b34da6", friday, 1<<20, time.Hour
	base.Method, base.Explained, base.StatusOnly, base.Request = "GET", false, false, nil
	written := map[string]bool{"Reference": true, "Trace": true, "Path": true, "Host": true, "Status": true, "Time": true, "Request": true,
		"Diagnosis.RetryAfter": true, "Diagnosis.Limit": true, "Diagnosis.ReceivedStatus": true, "Diagnosis.Alert": true,
		"Diagnosis.FailFast": true, "Diagnosis.Hint": true, "Verdict.Since": true}
	site := preparing(t, shop)
	usual := site.variant(&base, shop.Site)
	var visit func(path string, at func(*View) reflect.Value)
	visit = func(path string, at func(*View) reflect.Value) {
		v := base
		field := at(&v)
		switch field.Kind() {
		case reflect.Struct:
			if field.Type() != reflect.TypeFor[time.Time]() {
				for i := range field.NumField() {
					if f := field.Type().Field(i); f.IsExported() {
						visit(strings.TrimPrefix(path+"."+f.Name, "."), func(v *View) reflect.Value { return at(v).Field(i) })
					}
				}
				return
			}
			field.Set(reflect.ValueOf(friday.Add(time.Hour)))
		case reflect.String:
			field.SetString(field.String() + "x")
		case reflect.Bool:
			field.SetBool(!field.Bool())
		case reflect.Int, reflect.Int64:
			field.SetInt(field.Int() + 1)
		case reflect.Pointer:
			if path == "Language" {
				field.Set(reflect.ValueOf(lang(t, "de")))
			} else {
				field.Set(reflect.New(field.Type().Elem()))
			}
		default:
			t.Fatalf("%s: a %s, which this test cannot change", path, field.Kind())
		}
		if path == "Method" {
			v.Method = "POST"
		}
		if same := site.variant(&v, shop.Site) == usual; same != written[path] {
			t.Errorf("another %s has the same variant: %t, want %t", path, same, written[path])
		}
	}
	visit("", func(v *View) reflect.Value { return reflect.ValueOf(v).Elem() })
}

// TestPreparedAtOnce: many visitors, a small store, and languages that come and go.
func TestPreparedAtOnce(t *testing.T) {
	st := newStore(20, 1<<20)
	site := storing(t, shop, st)
	usual := seen(diagnosis.ConnectionRefused, diagnosis.StepDial, http.MethodGet)
	usual.Reference = "R"
	appendPrepared(site, nil, &usual, true)
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
				page, _, ok := appendPrepared(site, buf[:0], &v, i%2 == 0)
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
	t.Logf("pages that were prepared, of 60: %d", prepared)
}
