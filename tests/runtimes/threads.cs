// mono: threads, a timer, garbage, exceptions that signals raise.
using System;
using System.Threading;

class Threads {
	static int n;
	static readonly object l = new object();

	static void Main() {
		var threads = new Thread[4];
		for (int i = 0; i < 4; i++) {
			threads[i] = new Thread(() => { for (int k = 0; k < 1000; k++) lock (l) n++; });
			threads[i].Start();
		}
		foreach (var t in threads) t.Join();
		Console.WriteLine(n);
		for (int i = 0; i < 1000; i++) new byte[10000].GetHashCode();
		GC.Collect();
		var expired = new ManualResetEvent(false);
		int ticks = 0;
		var timer = new Timer(_ => { if (++ticks == 3) expired.Set(); }, null, 5, 5);
		expired.WaitOne();
		timer.Dispose();
		Console.WriteLine("timer");
		string none = null;
		try { Console.WriteLine(none.Length); } catch (NullReferenceException) { Console.WriteLine("null"); }
		int zero = n - 4000, rest;
		try { Console.WriteLine(1 / zero); } catch (DivideByZeroException) { Console.WriteLine("div"); }
		try { Math.DivRem(1L, zero, out long r); } catch (DivideByZeroException) { Console.WriteLine("div"); }
		try { Math.DivRem(1, zero, out rest); } catch (DivideByZeroException) { Console.WriteLine("div"); }
	}
}
