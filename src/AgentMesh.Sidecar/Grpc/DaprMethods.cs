using System.Diagnostics.CodeAnalysis;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>
/// Dapr's service without a generated server base, which the SDK's package has not: each method by name. What is not here is answered
/// UNIMPLEMENTED.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by the service container.")]
internal sealed class DaprMethods : IServiceMethodProvider<DaprService>
{
    private const string ServiceName = "dapr.proto.runtime.v1.Dapr";

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<DaprService> context)
    {
        Add(context, "GetState", GetStateRequest.Parser, GetStateResponse.Parser, (service, request, call) => service.GetState(request, call));
        Add(context, "GetBulkState", GetBulkStateRequest.Parser, GetBulkStateResponse.Parser, (service, request, call) => service.GetBulkState(request, call));
        Add(context, "SaveState", SaveStateRequest.Parser, Empty.Parser, (service, request, call) => service.SaveState(request, call));
        Add(context, "DeleteState", DeleteStateRequest.Parser, Empty.Parser, (service, request, call) => service.DeleteState(request, call));
        Add(context, "DeleteBulkState", DeleteBulkStateRequest.Parser, Empty.Parser, (service, request, call) => service.DeleteBulkState(request, call));
        Add(context, "ExecuteStateTransaction", ExecuteStateTransactionRequest.Parser, Empty.Parser, (service, request, call) => service.ExecuteStateTransaction(request, call));
        Add(context, "GetSecret", GetSecretRequest.Parser, GetSecretResponse.Parser, (service, request, call) => service.GetSecret(request, call));
        Add(context, "GetBulkSecret", GetBulkSecretRequest.Parser, GetBulkSecretResponse.Parser, (service, request, call) => service.GetBulkSecret(request, call));
        Add(context, "PublishEvent", PublishEventRequest.Parser, Empty.Parser, (service, request, call) => service.PublishEvent(request, call));
        Add(context, "BulkPublishEvent", BulkPublishRequest.Parser, BulkPublishResponse.Parser, (service, request, call) => service.BulkPublishEvent(request, call));
        Add(context, "BulkPublishEventAlpha1", BulkPublishRequest.Parser, BulkPublishResponse.Parser, (service, request, call) => service.BulkPublishEvent(request, call));
        Add(context, "GetMetadata", GetMetadataRequest.Parser, GetMetadataResponse.Parser, (service, request, call) => service.GetMetadata(request, call));
        Add(context, "SetMetadata", SetMetadataRequest.Parser, Empty.Parser, (service, request, call) => service.SetMetadata(request, call));
        Add(context, "Shutdown", ShutdownRequest.Parser, Empty.Parser, (service, request, call) => service.Shutdown(request, call));
    }

    private static void Add<TRequest, TResponse>(
        ServiceMethodProviderContext<DaprService> context, string name, MessageParser<TRequest> request, MessageParser<TResponse> response,
        UnaryServerMethod<DaprService, TRequest, TResponse> call)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        context.AddUnaryMethod(new Method<TRequest, TResponse>(MethodType.Unary, ServiceName, name, Marshaller(request), Marshaller(response)), [], call);

    private static Marshaller<T> Marshaller<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => new(message => message.ToByteArray(), parser.ParseFrom);
}
