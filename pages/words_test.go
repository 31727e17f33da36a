package pages

import "testing"

// TestCapital says how the words for a site without a name begin a sentence, for each
// language there is.
func TestCapital(t *testing.T) {
	begun := map[string]string{
		"ar":      "هذا الموقع",
		"bg":      "Този сайт",
		"bn":      "এই সাইট",
		"ca":      "Aquest lloc web",
		"cs":      "Tento web",
		"da":      "Dette websted",
		"de":      "Diese Website",
		"el":      "Αυτός ο ιστότοπος",
		"en":      "This site",
		"es":      "Este sitio",
		"fa":      "این سایت",
		"fi":      "Tämä sivusto",
		"fil":     "Website na ito",
		"fr":      "Ce site",
		"gu":      "આ સાઇટ",
		"he":      "האתר הזה",
		"hi":      "साइट",
		"hr":      "Ova web-stranica",
		"hu":      "Ez a webhely",
		"id":      "Situs ini",
		"it":      "Questo sito",
		"ja":      "このサイト",
		"kn":      "ಈ ಸೈಟ್",
		"ko":      "이 사이트",
		"ml":      "ഈ സൈറ്റ്",
		"mr":      "ही साइट",
		"ms":      "Laman ini",
		"nb":      "Dette nettstedet",
		"nl":      "Deze website",
		"pl":      "Ta strona",
		"pt-BR":   "Este site",
		"pt-PT":   "Este site",
		"ro":      "Acest site",
		"ru":      "Этот сайт",
		"sk":      "Tento web",
		"sr":      "Овај сајт",
		"sv":      "Den här webbplatsen",
		"sw":      "Tovuti hii",
		"ta":      "இந்தத் தளம்",
		"te":      "ఈ సైట్",
		"th":      "เว็บไซต์นี้",
		"tr":      "Bu site",
		"uk":      "Цей сайт",
		"ur":      "سائٹ",
		"vi":      "Trang web này",
		"zh-Hans": "这个网站",
		"zh-Hant": "這個網站",
	}
	for _, l := range catalogue().Languages() {
		if got, want := capital(l.Tag, l.Text("site.unnamed")), begun[l.Tag]; got != want {
			t.Errorf("%s: %q, want %q", l.Tag, got, want)
		}
	}
}

// TestCapitalOfOwnWords takes words that an operator may put for those.
func TestCapitalOfOwnWords(t *testing.T) {
	for _, tt := range []struct{ name, tag, text, want string }{
		{"a small letter", "en", "our shop", "Our shop"},
		{"a capital stays", "en", "Our shop", "Our shop"},
		{"a digit has none", "en", "1st shop", "1st shop"},
		{"nor has a quotation mark", "de", "„unser Laden“", "„unser Laden“"},
		{"a letter with an accent", "fr", "école", "École"},
		{"one letter alone", "sv", "ö", "Ö"},
		{"a Turkish i keeps its dot", "tr", "internet sitesi", "İnternet sitesi"},
		{"one without a dot gets none", "tr", "ısıtma", "Isıtma"},
		{"as in Azeri", "az", "internet saytı", "İnternet saytı"},
		{"in any script of it", "az-Latn", "internet", "İnternet"},
		{"an i elsewhere loses its dot", "it", "internet", "Internet"},
		{"a Dutch ij is one letter", "nl", "ijssalon", "IJssalon"},
		{"in Belgium too", "nl-BE", "ijssalon", "IJssalon"},
		{"a j behind another letter is its own", "nl", "ajuin", "Ajuin"},
		{"an i alone is a letter", "nl", "internet", "Internet"},
		{"ij elsewhere is two", "fi", "ijolainen", "Ijolainen"},
		{"a Croatian digraph in one character has a title case", "hr", "\u01c6ep", "\u01c5ep"},
		{"in two characters the first is enough", "hr", "džep", "Džep"},
		{"lj too", "hr", "\u01c9ubav", "\u01c8ubav"},
		{"a Greek letter keeps its accent in front", "el", "άλλη σελίδα", "Άλλη σελίδα"},
		{"a Cyrillic letter", "uk", "їжа", "Їжа"},
		{"a Serbian one for two sounds", "sr", "џеп", "Џеп"},
		{"Georgian begins no sentence with a capital", "ka", "საიტი", "საიტი"},
		{"German ß begins no word", "de", "ß", "ß"},
		{"scripts without capitals", "hi", "यह साइट", "यह साइट"},
		{"Chinese", "zh-Hans", "此网站", "此网站"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := capital(tt.tag, tt.text); got != tt.want {
				t.Errorf("%s: %q gives %q, want %q", tt.tag, tt.text, got, tt.want)
			}
		})
	}
}
