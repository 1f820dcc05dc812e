using System.Globalization;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Actors;

/// <summary>The actor state API: <c>GET …/state/{key}</c> and the transaction <c>POST|PUT …/state</c>.</summary>
internal sealed partial class ActorState(IStateStore store, ActorRouter router, StateFidelity? fidelity, ILogger<ActorState> logger)
{
    private readonly StateBody _body = new(fidelity);

    /// <summary>Types of daprd's own workflows.</summary>
    internal const string ReservedPrefix = "dapr.internal.";

    public async Task<IResult> GetAsync(HttpContext context, AppInstance caller, ActorRef actor, string key)
    {
        if (ActorCallbackRules.Refuse(caller, actor) is { } error)
            return error;
        try
        {
            var entry = await store.GetAsync(Prefix(caller, actor) + key, context.RequestAborted);
            return entry is { Value: { Length: > 0 } value } ? new HttpAnswer(StatusCodes.Status200OK, value) : HttpAnswer.NoContent;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogReadFailed(Unexpected(exception), actor.Type, exception.Message);
            return DaprError.ActorStateGet(exception.Message);
        }
    }

    public async Task<IResult> TransactAsync(HttpContext context, AppInstance caller, ActorRef actor) =>
        HttpAnswer.Done(ActorCallbackRules.Refuse(caller, actor) ?? await WriteAsync(context, caller, actor));

    // dapr:pkg/actors/internal/key: the app id of the hosting app is part of the key.
    private static string Prefix(AppInstance caller, ActorRef actor) => $"{caller.App.AppId}||{actor.Type}||{actor.Id}||";

    private async Task<DaprError?> WriteAsync(HttpContext context, AppInstance caller, ActorRef actor)
    {
        var items = await RequestBody.ReadAsync(context, body => _body.ReadActorTransaction(body));
        var hasTtl = caller.App.Configuration.HasActorStateTtl;
        var operations = new List<StateOperation>(items.Count);
        var prefix = Prefix(caller, actor);
        foreach (var item in items)
        {
            var ttl = 0;
            if (item.Ttl is not null && !hasTtl)
                return DaprError.ActorStateTransactionSave("ttl on actor state needs the feature flag ActorStateTTL, which is off");
            if (item.Ttl is { } text && !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ttl))
                return DaprError.ActorStateTransactionSave($"failed to parse ttl from metadata: '{text}' is not a number of seconds");
            // Without the feature nothing ends, and no write pays for looking.
            operations.Add(new StateOperation(prefix + item.Key, item.Value) { Rules = hasTtl ? new StateRules(TtlSeconds: item.Ttl is null ? null : ttl) : null });
        }

        if (caller.Connection is not { } connection || router.TryBeginWrite(actor, connection) is not { } activation)
            return DaprError.ActorInstanceMissing();
        try
        {
            // Not withdrawn when the caller leaves: the next process of the app starts only when this write has ended.
            if (operations.Count > 0)
                await store.TransactAsync(operations, connection.Lease?.Fence, CancellationToken.None);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogWriteFailed(Unexpected(exception), actor.Type, exception.Message);
            return DaprError.ActorStateTransactionSave(exception.Message);
        }
        finally
        {
            ActorRouter.EndWrite(activation);
        }
    }

    // The store has said once what is wrong; thousands of stacks a second would fill what is left of a disk.
    private static Exception? Unexpected(Exception exception) => exception is StateStoreException ? null : exception;

    [LoggerMessage(LogLevel.Error, "Reading state of an actor of type {ActorType} failed: {Reason}")]
    private partial void LogReadFailed(Exception? exception, string actorType, string reason);

    [LoggerMessage(LogLevel.Error, "Writing state of an actor of type {ActorType} failed; nothing was acknowledged: {Reason}")]
    private partial void LogWriteFailed(Exception? exception, string actorType, string reason);
}
