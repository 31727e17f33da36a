package pages

import (
	"bytes"
	"compress/gzip"
	"math/rand/v2"
	"testing"
)

// BenchmarkPrepared is what a page costs by sample and language, prepared and rendered.
func BenchmarkPrepared(b *testing.B) {
	for _, s := range samples() {
		switch s.name {
		case "gap-between-refused", "everything", "no-brand", "waiting-canaries":
		default:
			continue
		}
		for _, tag := range []string{"en", "ar", "ta"} {
			site, v := preparing(b, s.brand), referring(s.in(lang(b, tag)))
			for _, form := range []string{"plain", "gzip"} {
				b.Run(s.name+"/"+tag+"/prepared "+form, func(b *testing.B) {
					b.ReportAllocs()
					dst := make([]byte, 0, 64<<10)
					for b.Loop() {
						if _, _, ok := appendPrepared(site, dst, &v, form == "gzip"); !ok {
							b.Fatal("not prepared")
						}
					}
				})
			}
			b.Run(s.name+"/"+tag+"/rendered plain", func(b *testing.B) { render(b, site, v, nil) })
			b.Run(s.name+"/"+tag+"/rendered gzip", func(b *testing.B) { render(b, site, v, gzip.NewWriter(nil)) })
		}
	}
}

func render(b *testing.B, site *Site, v View, w *gzip.Writer) {
	b.ReportAllocs()
	var out bytes.Buffer
	for b.Loop() {
		page, err := site.HTML(b.Context(), v)
		if err != nil {
			b.Fatal(err)
		}
		if w == nil {
			continue
		}
		out.Reset()
		w.Reset(&out)
		if _, err := w.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPreparing is what a page of a made-up variant costs, whose links are new, in a
// store that is full: one that is prepared as it was asked for before, one that is not, and
// the rendering that follows then.
func BenchmarkPreparing(b *testing.B) {
	st := newStore(maxVariants, maxPrepared)
	site := storing(b, shop, st)
	r := rand.New(rand.NewPCG(1, 2))
	for range maxVariants {
		v := madeUp(r)
		appendPrepared(site, nil, &v, true)
	}
	b.Run("prepared", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v := madeUp(r)
			appendPrepared(site, nil, &v, true)
			if _, _, ok := appendPrepared(site, nil, &v, true); !ok {
				b.Fatal("not prepared")
			}
		}
	})
	b.Run("not admitted", func(b *testing.B) {
		for b.Loop() {
			v := madeUp(r)
			appendPrepared(site, nil, &v, true)
		}
	})
	b.Run("rendered", func(b *testing.B) {
		for b.Loop() {
			if _, err := site.HTML(b.Context(), madeUp(r)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
