"""What a Celery worker says to Prometheus: the tasks it took, counted in its main process."""

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from engine.monitoring.exporter import expose


class Tasks:
    def describe(self):
        """Nothing: the worker's counters are read when they are asked for."""
        return []

    def collect(self):
        from celery.worker import state

        taken = CounterMetricFamily("icd_worker_tasks", "Tasks taken from the queue", labels=["task"])
        for task, count in state.total_count.items():
            taken.add_metric([task], count)
        yield taken
        yield GaugeMetricFamily(
            "icd_worker_tasks_active", "Tasks under way", value=len(state.active_requests)
        )


def begin() -> None:
    """Called when the worker is ready."""
    expose(Tasks())
