using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.StateApi;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SavedItem = AgentMesh.Sidecar.StateApi.StateItem;
using WireItem = Dapr.Client.Autogen.Grpc.v1.StateItem;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>Dapr's gRPC service as the SDK's DaprClient uses it. Values are bytes here, stored as they come.</summary>
/// <param name="find">Whose gRPC port was asked.</param>
/// <param name="state">The state API.</param>
/// <param name="publisher">Pub/sub.</param>
/// <param name="metadata">What the app set and what runs.</param>
/// <param name="shutdown">Ends the mesh.</param>
internal sealed class DaprService(Func<int, AppInstance> find, StateAccess state, Publisher publisher, MetadataApi metadata, Action shutdown)
{
    public async Task<GetStateResponse> GetState(GetStateRequest request, ServerCallContext call)
    {
        var (entry, error) = await state.GetAsync(App(call), request.StoreName, request.Key, call.CancellationToken);
        DaprError.Throw(error);
        return entry is { } found ? new GetStateResponse { Data = UnsafeByteOperations.UnsafeWrap(found.Value), Etag = StateAccess.ETag(found) } : new GetStateResponse();
    }

    public async Task<GetBulkStateResponse> GetBulkState(GetBulkStateRequest request, ServerCallContext call)
    {
        var (items, error) = await state.GetBulkAsync(App(call), request.StoreName, request.Keys, call.CancellationToken);
        DaprError.Throw(error);
        return new GetBulkStateResponse
        {
            Items =
            {
                items.Select(item => item.Entry is { } found
                    ? new BulkStateItem { Key = item.Key, Data = UnsafeByteOperations.UnsafeWrap(found.Value), Etag = StateAccess.ETag(found) }
                    : new BulkStateItem { Key = item.Key, Error = item.Error?.Message ?? "" }),
            },
        };
    }

    public async Task<Empty> SaveState(SaveStateRequest request, ServerCallContext call) =>
        Done(await state.SaveAsync(App(call), request.StoreName, [.. request.States.Select(item => Item(item, deletes: false))], CancellationToken.None));

    public async Task<Empty> DeleteState(DeleteStateRequest request, ServerCallContext call)
    {
        var item = new SavedItem { Key = request.Key, Etag = request.Etag?.Value };
        return Done(await state.DeleteAsync(App(call), request.StoreName, [item], CancellationToken.None));
    }

    public async Task<Empty> DeleteBulkState(DeleteBulkStateRequest request, ServerCallContext call) =>
        Done(await state.DeleteAsync(App(call), request.StoreName, [.. request.States.Select(item => Item(item, deletes: true))], CancellationToken.None));

    public async Task<Empty> ExecuteStateTransaction(ExecuteStateTransactionRequest request, ServerCallContext call)
    {
        var items = new List<SavedItem>(request.Operations.Count);
        foreach (var operation in request.Operations)
        {
            if (operation.OperationType is not ("upsert" or "delete"))
                DaprError.Throw(StateErrors.OperationNotSupported(operation.OperationType));
            items.Add(Item(operation.Request ?? new WireItem(), operation.OperationType == "delete"));
        }

        return Done(await state.TransactAsync(App(call), request.StoreName, items, CancellationToken.None));
    }

    public Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext call)
    {
        var (values, error) = App(call).Secrets.Get(request.StoreName, request.Key);
        DaprError.Throw(error);
        return Task.FromResult(new GetSecretResponse { Data = { values!.ToDictionary() } });
    }

    public Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext call)
    {
        var (secrets, error) = App(call).Secrets.GetAll(request.StoreName);
        DaprError.Throw(error);
        var response = new GetBulkSecretResponse();
        foreach (var (name, values) in secrets)
            response.Data[name] = new SecretResponse { Secrets = { values.ToDictionary() } };
        return Task.FromResult(response);
    }

    public async Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext call)
    {
        var published = Published(request.PubsubName, request.Topic, request.Metadata, call) with { Data = request.Data.Memory, ContentType = request.DataContentType };
        return Done(await publisher.PublishAsync(App(call), published, call.CancellationToken));
    }

    public async Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext call)
    {
        var entries = request.Entries.Select(entry => new BulkEntry(entry.EntryId, entry.Event.Memory, entry.ContentType, entry.Metadata.ToDictionary())).ToList();
        var template = Published(request.PubsubName, request.Topic, request.Metadata, call);
        var (error, failed) = await publisher.PublishBulkAsync(App(call), request.PubsubName, request.Topic, entries, template, call.CancellationToken);
        DaprError.Throw(error);
        return new BulkPublishResponse { FailedEntries = { failed.Select(entry => new BulkPublishResponseFailedEntry { EntryId = entry.EntryId, Error = entry.Error }) } };
    }

    public Task<GetMetadataResponse> GetMetadata(GetMetadataRequest request, ServerCallContext call) => Task.FromResult(metadata.Describe(Instance(call)));

    public Task<Empty> SetMetadata(SetMetadataRequest request, ServerCallContext call) =>
        Task.FromResult(Done(metadata.Set(Instance(call), request.Key, request.Value)));

    public Task<Empty> Shutdown(ShutdownRequest request, ServerCallContext call)
    {
        SidecarApi.AfterAnswer(call.GetHttpContext().Response, shutdown);
        return Task.FromResult(new Empty());
    }

    private static Empty Done(DaprError? error)
    {
        DaprError.Throw(error);
        return new Empty();
    }

    private static SavedItem Item(WireItem item, bool deletes) => new()
    {
        Key = item.Key,
        Value = deletes ? null : item.Value.ToByteArray(),
        Etag = item.Etag?.Value,
        Options = new StateItemOptions(item.Options?.Concurrency switch
        {
            StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite => StateItemOptions.FirstWrite,
            StateOptions.Types.StateConcurrency.ConcurrencyLastWrite => StateItemOptions.LastWrite,
            _ => null,
        }),
        Metadata = item.Metadata,
    };

    private static PublishRequest Published(string pubSub, string topic, MapField<string, string> metadata, ServerCallContext call) => new(pubSub, topic, default)
    {
        Metadata = metadata.Count == 0 ? null : metadata.ToDictionary(),
        TraceParent = call.RequestHeaders.GetValue("traceparent"),
        TraceState = call.RequestHeaders.GetValue("tracestate"),
    };

    private AppInstance Instance(ServerCallContext call) => find(call.GetHttpContext().Connection.LocalPort);

    private AppDefinition App(ServerCallContext call) => Instance(call).App;
}
