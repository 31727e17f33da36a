package pages_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/fiveohtwo/fiveohtwo/i18n"
	"github.com/fiveohtwo/fiveohtwo/middleware/diagnosis"
	"github.com/fiveohtwo/fiveohtwo/pages"
)

// A brand says all its faults at once, when the program starts.
func ExampleCompile() {
	_, err := pages.Compile(pages.Brand{
		Site:    "Example Shop",
		Accent:  "teal",
		Contact: pages.Contact{Email: "help", StatusPage: "status.example.net"},
	})
	fmt.Println(err)
	// Output:
	// pages: Brand.Contact.Email "help": want a plain address such as help@example.com
	// pages: Brand.Contact.StatusPage "status.example.net": want a full http or https URL
	// pages: Brand.Accent "teal": want a colour such as #0b5c63
}

// What somebody sees who asked with curl.
func ExampleSite_Text() {
	catalogue, err := i18n.New(i18n.Config{})
	if err != nil {
		log.Fatal(err)
	}
	site, err := pages.Compile(pages.Brand{Site: "Example Shop", Contact: pages.Contact{Email: "help@example.com"}})
	if err != nil {
		log.Fatal(err)
	}
	refused := diagnosis.ConnectionRefused.Diagnosis()
	text := site.Text(pages.View{
		Language:  catalogue.Lookup("en"),
		Diagnosis: refused,
		Verdict:   diagnosis.Judge(refused, diagnosis.Evidence{}),
		Reference: "7KQ2-M9XD",
	})
	fmt.Print(strings.TrimSpace(string(text)))
	// Output:
	// Example Shop is not answering right now (502)
	//
	// Your request reached our front door. But the computer behind it did not let us in. It may be starting up.
	// The problem is on our side. We are sure. You did nothing wrong.
	//
	// Email: help@example.com
	// Reference: 7KQ2-M9XD
	// Error: 502 Bad Gateway, connection_refused
}
