package pages

import (
	"bytes"
	"compress/gzip"
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
			site, v := compile(b, s.brand), referring(s.in(lang(b, tag)))
			for _, form := range []string{"plain", "gzip"} {
				b.Run(s.name+"/"+tag+"/prepared "+form, func(b *testing.B) {
					b.ReportAllocs()
					dst := make([]byte, 0, 64<<10)
					for b.Loop() {
						if _, _, ok := site.AppendPrepared(dst, v, form == "gzip"); !ok {
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
