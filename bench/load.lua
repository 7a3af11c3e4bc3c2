-- wrk's requests. LOAD is get, list or note; TOKENS names a file of bearer tokens, line i for tenant 9 + i; ACCOUNTS is
-- how many accounts there are, 200 000 unless told.
-- DELAY_MS, if set, is the mean pause between an answer and the next request of a connection.
-- Requests are put together once for each thread, so that the generator costs little.
local request_count = 2000
local load = os.getenv("LOAD")
local account_count = tonumber(os.getenv("ACCOUNTS") or "200000")
local delay_ms = tonumber(os.getenv("DELAY_MS") or "0")
local requests, at, threads = {}, 0, 0

function setup(thread)
  thread:set("seed", 12345 + threads * 7919)
  threads = threads + 1
end

function init()
  math.randomseed(seed)
  local tokens = {}
  for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
  for i = 1, request_count do
    local n = math.random(0, account_count - 1)
    local headers = { ["Authorization"] = "Bearer " .. tokens[1 + n % #tokens], ["Accept"] = "application/json" }
    if load == "list" then
      requests[i] = wrk.format("GET", "/accounts?limit=20", headers)
    elseif load == "get" then
      requests[i] = wrk.format("GET", "/accounts/acc_" .. (1000000 + n), headers)
    else
      headers["Content-Type"] = "application/json"
      local body = '{"account_id":"acc_' .. (1000000 + n) .. '","text":"called the customer, no answer"}'
      requests[i] = wrk.format("POST", "/notes", headers, body)
    end
  end
end

function request()
  at = at % request_count + 1
  return requests[at]
end

if delay_ms > 0 then
  function delay() return math.floor(math.random() * 2 * delay_ms + 0.5) end
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format("RESULT requests=%d us=%d p50=%d p99=%d max=%d refused=%d socket=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max, e.status,
    e.connect + e.read + e.write + e.timeout))
end
