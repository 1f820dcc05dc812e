using System.Globalization;
using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>Actors and service invocation (dapr: pkg/diagnostics/service_monitoring.go). Never an actor's id.</summary>
internal sealed class ServiceMetrics
{
    private readonly Counter _deactivated;
    private readonly Counter _deactivationFailed;
    private readonly Counter _rebalanced;
    private readonly Gauge _pendingCalls;
    private readonly Gauge _reminders;
    private readonly Gauge _timers;
    private readonly Counter _remindersFired;
    private readonly Counter _timersFired;
    private readonly Counter _requestsSent;
    private readonly Counter _requestsReceived;
    private readonly Counter _responsesSent;
    private readonly Counter _responsesReceived;
    private readonly Histogram _responseLatency;

    public ServiceMetrics(MetricSet set, IEnumerable<string> componentTypes)
    {
        var loaded = set.Counter("dapr_runtime_component_loaded", "The number of successfully loaded components.");
        var initialized = set.Counter("dapr_runtime_component_init_total", "The number of initialized components.", "component");
        foreach (var type in componentTypes)
        {
            loaded.Inc();
            initialized.WithLabels(type).Inc();
        }

        const string Type = "actor_type";
        _deactivated = set.Counter("dapr_runtime_actor_deactivated_total", "The number of the successful actor deactivation.", Type);
        _deactivationFailed = set.Counter("dapr_runtime_actor_deactivated_failed_total", "The number of the failed actor deactivation.", Type);
        _rebalanced = set.Counter("dapr_runtime_actor_rebalanced_total", "The number of the actor rebalance requests.", Type);
        _pendingCalls = set.Gauge("dapr_runtime_actor_pending_actor_calls", "The number of pending actor calls waiting to acquire the per-actor lock.", Type);
        _reminders = set.Gauge("dapr_runtime_actor_reminders", "The number of actor reminder requests.", Type);
        _timers = set.Gauge("dapr_runtime_actor_timers", "The number of actor timer requests.", Type);
        _remindersFired = set.Counter("dapr_runtime_actor_reminders_fired_total", "The number of actor reminders fired requests.", Type, "success");
        _timersFired = set.Counter("dapr_runtime_actor_timers_fired_total", "The number of actor timers fired requests.", Type, "success");

        const string Invocation = "dapr_runtime_service_invocation_";
        _requestsSent = set.Counter(Invocation + "req_sent_total", "The number of requests sent via service invocation.", "dst_app_id", "type");
        _requestsReceived = set.Counter(Invocation + "req_recv_total", "The number of requests received via service invocation.", "src_app_id");
        _responsesSent = set.Counter(Invocation + "res_sent_total", "The number of responses sent via service invocation.", "dst_app_id", "status");
        _responsesReceived = set.Counter(
            Invocation + "res_recv_total", "The number of responses received via service invocation.", "src_app_id", "status", "type");
        _responseLatency = set.Latency(Invocation + "res_recv_latency_ms", "The latency of service invocation response.", "src_app_id", "status");
    }

    public void ActorDeactivated(string actorType) => _deactivated.WithLabels(actorType).Inc();

    public void ActorDeactivationFailed(string actorType) => _deactivationFailed.WithLabels(actorType).Inc();

    public void ActorRebalanced(string actorType) => _rebalanced.WithLabels(actorType).Inc();

    /// <summary>A call waits for its actor's turn, until it disposes this.</summary>
    public IDisposable CallWaits(string actorType) => _pendingCalls.WithLabels(actorType).TrackInProgress();

    public void ReminderFired(string actorType, bool success) => _remindersFired.WithLabels(actorType, success ? "true" : "false").Inc();

    public void TimerFired(string actorType, bool success) => _timersFired.WithLabels(actorType, success ? "true" : "false").Inc();

    /// <summary>The reminders and timers there are of a type that the process hosts.</summary>
    public void SetSchedules(string actorType, long reminders, long timers)
    {
        _reminders.WithLabels(actorType).Set(reminders);
        _timers.WithLabels(actorType).Set(timers);
    }

    public void InvocationSent(string target) => _requestsSent.WithLabels(target, "unary").Inc();

    public void InvocationReceived(string caller) => _requestsReceived.WithLabels(caller).Inc();

    public void InvocationAnswered(string caller, int status) => _responsesSent.WithLabels(caller, Text(status)).Inc();

    public void InvocationCompleted(string target, int status, double elapsedMs)
    {
        var label = Text(status);
        _responsesReceived.WithLabels(target, label, "unary").Inc();
        _responseLatency.WithLabels(target, label).Observe(elapsedMs);
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
