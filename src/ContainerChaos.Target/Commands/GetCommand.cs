using System.Text;
using ContainerChaos.Target.Http;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary><c>target get</c>: one request to a service, a health probe for images without curl.</summary>
internal static unsafe class GetCommand
{
    public static int Run(string[] arguments)
    {
        Endpoint endpoint = Endpoint.Tcp(8080);
        string path = "/healthz";
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--port") endpoint = Endpoint.Tcp((int)Arguments.Number(arguments, ++i, "--port", 1, 65535));
            else if (arguments[i] == "--unix") endpoint = Endpoint.Unix(Arguments.Value(arguments, ++i, "--unix"));
            else if (arguments[i].StartsWith('/')) path = arguments[i];
            else throw new UsageException($"get: unknown option '{arguments[i]}'");
        }

        int fd = endpoint.Connect();
        Output.Bytes(fd, Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: target\r\nConnection: close\r\n\r\n"));
        var answer = new NativeBuffer();
        byte* buffer = stackalloc byte[4096];
        nint count;
        while ((count = Libc.recv(fd, buffer, 4096, 0)) > 0) answer.Append(new ReadOnlySpan<byte>(buffer, (int)count));
        Libc.close(fd);

        ReadOnlySpan<byte> text = answer.Span;
        int body = text.IndexOf("\r\n\r\n"u8);
        if (body < 0 || !text.StartsWith("HTTP/1.1 "u8))
        {
            Output.Error($"get {endpoint}{path}: no answer");
            return 1;
        }

        Output.Bytes(1, text[(body + 4)..]);
        return text[9] == '2' ? 0 : 1;
    }
}
