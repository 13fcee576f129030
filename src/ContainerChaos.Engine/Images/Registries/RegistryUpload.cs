using System.Net;
using System.Net.Http.Headers;

namespace ContainerChaos.Engine;

/// <summary>Puts blobs and manifests. A blob that was interrupted goes on where the registry says it stopped, or anew where it does not say.</summary>
internal sealed class RegistryUpload(RegistryClient client, RegistryOptions options)
{
    private const int MaximumAttempts = 5;

    /// <summary>Whether the repository has a blob.</summary>
    public async Task<bool> HasAsync(OciDescriptor blob, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(() => new HttpRequestMessage(HttpMethod.Head, client.Locate("blobs/" + blob.Digest)), cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
            throw await client.RefusedAsync(response, $"a look at blob {blob.Digest}", cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            options.Progress?.Invoke(new TransferProgress(blob.Digest, TransferStep.Present, blob.Size, blob.Size));
        return response.IsSuccessStatusCode;
    }

    /// <summary>Puts a blob that the repository does not have.</summary>
    public async Task PutBlobAsync(OciDescriptor blob, Stream content, CancellationToken cancellationToken)
    {
        var (location, offset) = (await BeginAsync(blob, cancellationToken).ConfigureAwait(false), 0L);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (attempt > 1)
                {
                    if (await AskAsync(location, cancellationToken).ConfigureAwait(false) is { } known)
                        (location, offset) = known;
                    else if (await HasAsync(blob, cancellationToken).ConfigureAwait(false))
                        return; // Only the last answer was lost.
                    else
                        (location, offset) = (await BeginAsync(blob, cancellationToken).ConfigureAwait(false), 0);
                }
                location = await PatchAsync(blob, content, location, offset, cancellationToken).ConfigureAwait(false);
                await FinishAsync(blob, location, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException && attempt < MaximumAttempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(0.1 * (1 << attempt)), cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException e)
            {
                throw client.Unreachable(e);
            }
        }
    }

    /// <summary>Puts a manifest under a tag, when everything that it points at is there.</summary>
    public async Task PutManifestAsync(string tag, byte[] manifest, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, client.Locate("manifests/" + tag))
            {
                Content = new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(OciManifest.ManifestType) } },
            },
            cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await client.RefusedAsync(response, $"the manifest '{tag}'", cancellationToken).ConfigureAwait(false);
    }

    private async Task<Uri> PatchAsync(OciDescriptor blob, Stream content, Uri location, long offset, CancellationToken cancellationToken)
    {
        if (offset == blob.Size)
            return location;
        using var response = await client.SendAsync(
            () =>
            {
                content.Position = offset;
                var reporting = new ReportingStream(content, position => options.Progress?.Invoke(new TransferProgress(blob.Digest, TransferStep.Uploading, position, blob.Size)));
                var body = new StreamContent(reporting, 128 * 1024);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                body.Headers.ContentLength = blob.Size - offset;
                body.Headers.TryAddWithoutValidation("Content-Range", $"{offset}-{blob.Size - 1}");
                return new HttpRequestMessage(HttpMethod.Patch, location) { Content = body };
            },
            cancellationToken).ConfigureAwait(false);
        // It does not have what it said; what it does have is asked for again.
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || (response.StatusCode == HttpStatusCode.NotFound && offset > 0))
            throw new HttpRequestException("the range is refused");
        if (!response.IsSuccessStatusCode)
            throw await client.RefusedAsync(response, $"blob {blob.Digest}", cancellationToken).ConfigureAwait(false);
        return client.Locate(response.Headers.Location ?? location);
    }

    private async Task FinishAsync(OciDescriptor blob, Uri location, CancellationToken cancellationToken)
    {
        var end = new UriBuilder(location);
        end.Query = (end.Query.Length > 1 ? end.Query[1..] + "&" : "") + "digest=" + Uri.EscapeDataString(blob.Digest);
        using var finished = await client.SendAsync(() => new HttpRequestMessage(HttpMethod.Put, end.Uri) { Content = new ByteArrayContent([]) }, cancellationToken).ConfigureAwait(false);
        if (!finished.IsSuccessStatusCode)
            throw await client.RefusedAsync(finished, $"blob {blob.Digest}", cancellationToken).ConfigureAwait(false);
        options.Progress?.Invoke(new TransferProgress(blob.Digest, TransferStep.Done, blob.Size, blob.Size));
    }

    private async Task<Uri> BeginAsync(OciDescriptor blob, CancellationToken cancellationToken)
    {
        using var started = await client.SendAsync(() => new HttpRequestMessage(HttpMethod.Post, client.Locate("blobs/uploads/")) { Content = new ByteArrayContent([]) }, cancellationToken).ConfigureAwait(false);
        if (started.StatusCode != HttpStatusCode.Accepted)
            throw await client.RefusedAsync(started, $"the upload of blob {blob.Digest}", cancellationToken).ConfigureAwait(false);
        return client.Locate(started.Headers.Location!);
    }

    /// <summary>How much of an upload the registry has.</summary>
    /// <returns>Null when it has given it up: distribution 2.x does so with whatever stopped in the middle of a request.</returns>
    private async Task<(Uri Location, long Offset)?> AskAsync(Uri location, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, location), cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.RequestedRangeNotSatisfiable)
            return null;
        if (!response.IsSuccessStatusCode)
            throw await client.RefusedAsync(response, "to go on with an upload", cancellationToken).ConfigureAwait(false);
        // "0-N", where 0-0 is also what nothing at all is.
        var last = response.Headers.TryGetValues("Range", out var ranges) && long.TryParse(ranges.First().Split('-')[^1], out var end) ? end : 0;
        return (client.Locate(response.Headers.Location ?? location), last == 0 ? 0 : last + 1);
    }
}
