// Threads, a scheduler, garbage, exceptions that signals raise, a parallel stream.
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

public class Threads {
	static int[] none;

	static int deep(int n) {
		return deep(n + 1) + 1;
	}

	public static void main(String[] args) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(4);
		AtomicLong sum = new AtomicLong();
		long[] locked = {0};
		List<Future<?>> futures = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			final int n = i;
			futures.add(pool.submit(() -> {
				for (int k = 0; k < 5000; k++) {
					sum.addAndGet(k);
					synchronized (locked) { locked[0] += n; }
				}
			}));
		}
		for (Future<?> f : futures)
			f.get();
		pool.shutdown();
		System.out.println(sum + " " + locked[0]);
		List<byte[]> keep = new ArrayList<>();
		for (int i = 0; i < 1000; i++) { // 64 MB
			byte[] b = new byte[65536];
			if (i % 50 == 0)
				keep.add(b);
		}
		System.gc();
		ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
		CountDownLatch ticks = new CountDownLatch(5);
		scheduler.scheduleAtFixedRate(ticks::countDown, 1, 2, TimeUnit.MILLISECONDS);
		ticks.await();
		scheduler.shutdown();
		try { System.out.println(none.length); } catch (NullPointerException e) { System.out.println("null"); }
		try { deep(0); } catch (StackOverflowError e) { System.out.println("deep"); }
		try { System.out.println(1 / (keep.size() - 20)); } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
		Thread sleeper = new Thread(() -> {
			try { Thread.sleep(100000); } catch (InterruptedException e) { System.out.println("interrupted"); }
		});
		sleeper.start();
		sleeper.interrupt();
		sleeper.join();
		System.out.println(java.util.stream.IntStream.range(0, 10000).parallel().sum());
		System.out.println(System.nanoTime() + " " + UUID.randomUUID() + " " + new Object().hashCode());
	}
}
