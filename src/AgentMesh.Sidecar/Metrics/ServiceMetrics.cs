using System.Globalization;
using Prometheus;

namespace AgentMesh.Sidecar.Metrics;

/// <summary>Actors and service invocation (dapr: pkg/diagnostics/service_monitoring.go). Never an actor's id.</summary>
internal sealed class ServiceMetrics(MetricSet set)
{
    private const string Type = "actor_type";
    private const string Invocation = "dapr_runtime_service_invocation_";

    private readonly Counter _loaded = set.Counter("dapr_runtime_component_loaded", "The number of successfully loaded components.");
    private readonly Counter _initialized = set.Counter("dapr_runtime_component_init_total", "The number of initialized components.", "component");
    private readonly Counter _deactivated = set.Counter("dapr_runtime_actor_deactivated_total", "The number of the successful actor deactivation.", Type);
    private readonly Counter _deactivationFailed = set.Counter("dapr_runtime_actor_deactivated_failed_total", "The number of the failed actor deactivation.", Type);
    private readonly Counter _rebalanced = set.Counter("dapr_runtime_actor_rebalanced_total", "The number of the actor rebalance requests.", Type);
    private readonly Gauge _pendingCalls = set.Gauge("dapr_runtime_actor_pending_actor_calls", "The number of pending actor calls waiting to acquire the per-actor lock.", Type);
    private readonly Gauge _reminders = set.Gauge("dapr_runtime_actor_reminders", "The number of actor reminder requests.", Type);
    private readonly Gauge _timers = set.Gauge("dapr_runtime_actor_timers", "The number of actor timer requests.", Type);
    private readonly Counter _remindersFired = set.Counter("dapr_runtime_actor_reminders_fired_total", "The number of actor reminders fired requests.", Type, "success");
    private readonly Counter _timersFired = set.Counter("dapr_runtime_actor_timers_fired_total", "The number of actor timers fired requests.", Type, "success");
    private readonly Counter _requestsSent = set.Counter(Invocation + "req_sent_total", "The number of requests sent via service invocation.", "dst_app_id", "type");
    private readonly Counter _requestsReceived = set.Counter(Invocation + "req_recv_total", "The number of requests received via service invocation.", "src_app_id");
    private readonly Counter _responsesSent = set.Counter(Invocation + "res_sent_total", "The number of responses sent via service invocation.", "dst_app_id", "status");
    private readonly Counter _responsesReceived = set.Counter(
        Invocation + "res_recv_total", "The number of responses received via service invocation.", "src_app_id", "status", "type");
    private readonly Histogram _responseLatency = set.Latency(Invocation + "res_recv_latency_ms", "The latency of service invocation response.", "src_app_id", "status");

    public void ComponentLoaded(string type)
    {
        _loaded.Inc();
        _initialized.WithLabels(type).Inc();
    }

    public void ActorDeactivated(string actorType) => _deactivated.WithLabels(actorType).Inc();

    public void ActorDeactivationFailed(string actorType) => _deactivationFailed.WithLabels(actorType).Inc();

    public void ActorRebalanced(string actorType) => _rebalanced.WithLabels(actorType).Inc();

    /// <summary>A call waits for its actor's turn, until it disposes this.</summary>
    public IDisposable CallWaits(string actorType) => _pendingCalls.WithLabels(actorType).TrackInProgress();

    public void CallbackFired(bool isTimer, string actorType, bool success) =>
        (isTimer ? _timersFired : _remindersFired).WithLabels(actorType, success ? "true" : "false").Inc();

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
