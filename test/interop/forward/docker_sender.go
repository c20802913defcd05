// Sends records with the Go client that Docker's fluentd log driver uses.
// argv[1]: { "count", "config": fluent.Config }
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/fluent/fluent-logger-golang/fluent"
)

type settings struct {
	Count  int           `json:"count"`
	Config fluent.Config `json:"config"`
}

func main() {
	var given settings
	check(json.Unmarshal([]byte(os.Args[1]), &given))
	given.Config.TagPrefix = "app"
	logger, err := fluent.New(given.Config)
	check(err)
	for n := 0; n < given.Count; n++ {
		record := map[string]interface{}{
			"n": n, "log": fmt.Sprintf("line %d", n), "container_name": "/web", "source": "stdout",
		}
		check(logger.PostWithTime("web", time.Unix(1700000000, int64(n)), record))
	}
	check(logger.Close())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
