using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>Dapr's gRPC API in the web application of the HTTP API. It alone needs ASP.NET's routing.</summary>
internal static class GrpcApi
{
    public static void AddTo(IServiceCollection services, SidecarOptions options, DaprService service)
    {
        services.AddRouting().AddSingleton(service).AddSingleton<IServiceMethodProvider<DaprService>, DaprMethods>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = (int)Math.Min(int.MaxValue, options.Apps.Max(app => app.MaxBodyBytes));
            grpc.MaxSendMessageSize = null;
        });
    }

    /// <summary>Serves what gets here, the calls of the gRPC ports.</summary>
    public static void MapTo(WebApplication server, SidecarOptions options, Func<int, AppDefinition> find, ILoggerFactory loggerFactory)
    {
        var token = new GrpcToken(options.DaprApiToken);
        var log = new ApiLog(loggerFactory.CreateLogger<ApiLog>(), "gRPC");
        server.Use(next => async context =>
        {
            // The message's size is limited above.
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            var app = find(context.Connection.LocalPort);
            var started = app.Metrics.Start();
            await log.RunAsync(context, app, next, static (call, handle) => handle(call));
            app.Metrics.Grpc.CallServed(context, app.Metrics.ElapsedMs(started));
        });
        server.Use(next => context => token.CheckAsync(context, next));
        server.UseRouting();
        server.MapGrpcService<DaprService>();
    }
}
