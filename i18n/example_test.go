package i18n_test

import (
	"fmt"
	"log"
	"testing/fstest"

	"github.com/fiveohtwo/fiveohtwo/i18n"
)

// An operator replaces one of our texts and adds a language. In a program, Translations
// is an embed.FS or os.DirFS.
func ExampleNew() {
	catalogue, err := i18n.New(i18n.Config{
		Translations: fstest.MapFS{
			"en.json":  {Data: []byte(`{"station.gateway": "Reception"}`)},
			"tlh.json": {Data: []byte(`{"language.name": "tlhIngan Hol", "headline.unreachable": "{{.Site}} wISIchlaHbe’"}`)},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	english, klingon := catalogue.Lookup("en"), catalogue.Lookup("tlh")
	fmt.Println(english.Text("station.gateway"))
	fmt.Println(klingon.Text("headline.unreachable", "Site", "Example Shop"))
	fmt.Println(klingon.Text("station.gateway")) // not translated: English
	// Output:
	// Reception
	// Example Shop wISIchlaHbe’
	// Reception
}

// Faults are found at the start, not by a visitor, and all at once.
func ExampleNew_faults() {
	_, err := i18n.New(i18n.Config{
		Translations: fstest.MapFS{
			"en.json":     {Data: []byte(`{"station.moon": "The moon", "station.you": "You, {{.Name}}"}`)},
			"german.json": {Data: []byte(`{}`)},
		},
	})
	fmt.Println(err)
	// Output:
	// i18n: german.json: the name is not a BCP 47 language tag: language: tag is not well-formed
	// i18n: en.json: station.moon: no such message
	// i18n: en.json: station.you: placeholder {{.Name}} has no value here
}

func ExampleCatalogue_Match() {
	catalogue, err := i18n.New(i18n.Config{
		Languages: []string{"en", "de", "nb"},
		Translations: fstest.MapFS{
			"de.json": {Data: []byte(`{"language.name": "Deutsch"}`)},
			"nb.json": {Data: []byte(`{"language.name": "Norsk bokmål"}`)},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, header := range []string{
		"de-AT,de;q=0.9,en;q=0.8",
		"nn, en;q=0.9", // who reads Nynorsk reads Bokmål
		"xx!, de;q=0.1",
		"ja",
	} {
		fmt.Println(catalogue.Match(header).Tag)
	}
	// Output:
	// de
	// nb
	// de
	// en
}
