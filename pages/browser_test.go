package pages

import (
	"net/http"
	"slices"
	"testing"
)

func TestBrowserOf(t *testing.T) {
	const chrome = "(KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
	for _, tt := range []struct {
		name, agent, brands, platform string

		want  string // maker; empty: not known
		steps []string
	}{
		{"Chrome on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " + chrome, `"Chromium";v="156", "Google Chrome";v="156", "Not)A;Brand";v="99"`, `"Windows"`, "Chrome", []string{"cache.reload.keys Ctrl + Shift + R", "cache.delete.keys Ctrl + Shift + Delete"}},
		{"Chrome on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 " + chrome, `"Google Chrome";v="156"`, `"macOS"`, "Chrome", []string{"cache.reload.keys ⌘ + ⇧ + R", "cache.delete.keys ⌘ + ⇧ + ⌫"}},
		{"Chrome on a phone", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36", "", `"Android"`, "Chrome", []string{"cache.phone"}},
		{"Chrome on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0.0.0 Mobile/15E148 Safari/604.1", "", "", "Chrome", []string{"cache.phone", "cache.ios"}},
		{"Chromium", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 " + chrome, `"Chromium";v="156"`, `"Linux"`, "Chrome", []string{"cache.reload.keys Ctrl + Shift + R", "cache.delete.keys Ctrl + Shift + Delete"}},
		{"Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "", "", "Firefox", []string{"cache.reload.keys Ctrl + Shift + R", "cache.delete.keys Ctrl + Shift + Delete"}},
		{"Firefox on a Mac", firefoxOnAMac, "", "", "Firefox", []string{"cache.reload.keys ⌘ + ⇧ + R", "cache.delete.keys ⌘ + ⇧ + ⌫"}},
		{"Firefox on a phone", "Mozilla/5.0 (Android 14; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0", "", "", "Firefox", []string{"cache.phone"}},
		{"Safari on a Mac, or on an iPad", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "", "", "Safari", []string{"cache.reload.keys ⌥ + ⌘ + R", "cache.phone", "cache.ios"}},
		{"Safari on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "", "", "Safari", []string{"cache.phone", "cache.ios"}},
		{"Edge", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " + chrome + " Edg/156.0.0.0", `"Microsoft Edge";v="156", "Chromium";v="156"`, `"Windows"`, "Edge", []string{"cache.reload.keys Ctrl + Shift + R", "cache.delete.keys Ctrl + Shift + Delete"}},
		{"Samsung Internet", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "", "", "Samsung Internet", []string{"cache.phone"}},
		{"Opera", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 " + chrome + " OPR/120.0.0.0", "", "", "Opera", []string{"cache.reload.keys Ctrl + Shift + R", "cache.delete.keys Ctrl + Shift + Delete"}},
		{"the hints go before the name", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " + chrome, `"Microsoft Edge";v="156"`, "", "Edge", []string{"cache.reload.keys Ctrl + Shift + R", "cache.delete.keys Ctrl + Shift + Delete"}},
		{"hints that cannot be read", firefoxOnAMac, `"Micros`, "", "Firefox", []string{"cache.reload.keys ⌘ + ⇧ + R", "cache.delete.keys ⌘ + ⇧ + ⌫"}},
		{"nothing is said", "", "", "", "", []string{"cache.reload Ctrl + Shift + R ⌘ + ⇧ + R", "cache.delete Ctrl + Shift + Delete ⌘ + ⇧ + ⌫", "cache.phone", "cache.ios"}},
		{"another program", "curl/8.14.1", "", "", "", []string{"cache.reload Ctrl + Shift + R ⌘ + ⇧ + R", "cache.delete Ctrl + Shift + Delete ⌘ + ⇧ + ⌫", "cache.phone", "cache.ios"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := failed(anyDiagnosis, "GET")
			v.browser = browserOf(http.Header{"User-Agent": {tt.agent}, "Sec-Ch-Ua": {tt.brands}, "Sec-Ch-Ua-Platform": {tt.platform}})
			p := compile(t, shop).page(v)
			name := ""
			if m := v.browser.maker; m != nil {
				name = m.name
			}
			if others := len(p.otherMakers()); name != tt.want || name == "" && others != len(makers) || name != "" && others != len(makers)-1 {
				t.Errorf("it is taken for %q, beside %d others; want %q", name, others, tt.want)
			}
			var steps []string
			for _, s := range p.copySteps() {
				step := s.id
				for i := 1; i < len(s.values); i += 2 {
					step += " " + s.values[i]
				}
				steps = append(steps, step)
			}
			if !slices.Equal(steps, tt.steps) {
				t.Errorf("steps %q, want %q", steps, tt.steps)
			}
		})
	}
}

func FuzzBrowserOf(f *testing.F) {
	f.Add(firefoxOnAMac, `"Chromium";v="156"`, `"macOS"`)
	f.Add("", `"`, `"""`)
	f.Fuzz(func(t *testing.T, agent, brands, platform string) {
		v := failed(anyDiagnosis, "GET")
		v.browser = browserOf(http.Header{"User-Agent": {agent}, "Sec-Ch-Ua": {brands}, "Sec-Ch-Ua-Platform": {platform}})
		if steps := compile(t, shop).page(v).copySteps(); len(steps) == 0 {
			t.Errorf("no steps for %q, %q, %q", agent, brands, platform)
		}
	})
}

// size is shown to visitors who sent too much.
func TestSize(t *testing.T) {
	for _, tt := range []struct {
		bytes int64
		want  string
	}{{512, "0.5 KB"}, {1 << 10, "1 KB"}, {10 << 20, "10 MB"}, {1_500_000, "1.4 MB"}, {5 << 30, "5 GB"}, {1 << 50, "1048576 GB"}, {10_000_000, "9.5 MB"}} {
		if got := size(tt.bytes); got != tt.want {
			t.Errorf("size(%d) = %q, want %q", tt.bytes, got, tt.want)
		}
	}
}
