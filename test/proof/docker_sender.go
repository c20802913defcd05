// Sends records with the Go client of Docker's log driver, with acknowledgements, set to keep retrying.
// argv[1]: the port. Standard input: JSON lines of [tag, time in ms, record]; standard output: how many more are
// acknowledged, a number a line. What it changes: the order of keys, because Go maps have none.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fluent/fluent-logger-golang/fluent"
)

// Docker has one logger for each container, and each waits for the acknowledgement of its one record.
const containers = 192

const tellEvery = 100 * time.Millisecond

func main() {
	port, err := strconv.Atoi(os.Args[1])
	check(err)
	lines := make(chan []byte, containers)
	var acknowledged atomic.Int64
	var running sync.WaitGroup
	for n := 0; n < containers; n++ {
		running.Add(1)
		go func() {
			defer running.Done()
			container(port, lines, &acknowledged)
		}()
	}
	go func() {
		for range time.Tick(tellEvery) {
			tell(&acknowledged)
		}
	}()
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<20)
	for input.Scan() {
		lines <- bytes.Clone(input.Bytes())
	}
	check(input.Err())
	close(lines)
	running.Wait()
	tell(&acknowledged)
}

func container(port int, lines <-chan []byte, acknowledged *atomic.Int64) {
	logger, err := fluent.New(fluent.Config{
		FluentHost: "127.0.0.1", FluentPort: port, RequestAck: true, SubSecondPrecision: true,
		// More would overflow the client's own reckoning of how long to wait.
		MaxRetry: 80, RetryWait: 100, MaxRetryWait: 2000,
	})
	check(err)
	for line := range lines {
		tag, at, record := parse(line)
		check(logger.PostWithTime(tag, at, record))
		acknowledged.Add(1)
	}
	check(logger.Close())
}

func tell(acknowledged *atomic.Int64) {
	if count := acknowledged.Swap(0); count > 0 {
		fmt.Println(count)
	}
}

func parse(line []byte) (tag string, at time.Time, record map[string]interface{}) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var parts []interface{}
	check(decoder.Decode(&parts))
	ms, err := parts[1].(json.Number).Int64()
	check(err)
	return parts[0].(string), time.UnixMilli(ms), numbers(parts[2]).(map[string]interface{})
}

// Integers stay integers and do not become floats, as encoding/json would have it.
func numbers(value interface{}) interface{} {
	switch typed := value.(type) {
	case json.Number:
		if integer, err := typed.Int64(); err == nil {
			return integer
		}
		float, err := typed.Float64()
		check(err)
		return float
	case map[string]interface{}:
		for key, member := range typed {
			typed[key] = numbers(member)
		}
	case []interface{}:
		for i, element := range typed {
			typed[i] = numbers(element)
		}
	}
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
