-- lua and luajit: coroutines, garbage, errors, weak tables, a loop that is compiled.
local threads = {}
for i = 1, 100 do
	threads[i] = coroutine.create(function(x)
		for _ = 1, 50 do x = x + coroutine.yield(x) end
		return x
	end)
end
local sum = 0
for _ = 1, 40 do
	for i = 1, 100 do
		local _, v = coroutine.resume(threads[i], i)
		sum = sum + v
	end
end
print(sum)
local t = {}
for i = 1, 30000 do t[i % 1000] = {i, tostring(i)} end
collectgarbage()
print(pcall(error, 'raised'))
local weak = setmetatable({}, {__mode = 'k'})
weak[{}] = 1
collectgarbage()
print(next(weak))
local h = 0
for i = 1, 500000 do h = (h * 31 + i) % 1000003 end
print(h, os.clock(), math.random(), tostring(t))
local function deep(n) return 1 + deep(n + 1) end
print((pcall(deep, 1)))
