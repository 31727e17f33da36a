package transparency

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

const form = "--XX\r\nContent-Disposition: form-data; name=f; filename=x.txt\r\n\r\nin a file\r\n--XX--\r\n"

// readForm keeps the file of a form on disk, and tells where.
func readForm(w http.ResponseWriter, r *http.Request, note func(...any)) {
	note(r.ParseMultipartForm(0)) // 0: no file in memory
	f, header, err := r.FormFile("f")
	onDisk, ok := f.(*os.File)
	if err != nil || !ok {
		temporary <- fmt.Sprint(err)
		return
	}
	defer onDisk.Close()
	temporary <- onDisk.Name()
	io.WriteString(w, header.Filename)
}

var temporary = make(chan string, 1)

func sendForm(c *client1) {
	c.send(fmt.Sprintf("POST /%sContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", head11, len(form), form))
	c.answer("POST")
	rest := c.rest() // when the gateway has closed it has tidied up
	_, err := os.Stat(<-temporary)
	c.log.WriteString(fmt.Sprint(rest, "the file is gone: ", errors.Is(err, os.ErrNotExist)))
}
